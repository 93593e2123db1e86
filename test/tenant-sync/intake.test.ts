import { createHmac, timingSafeEqual } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { newSecret, sha256 } from '../../src/shared/secrets'
import { CREATED, type JobRequest } from '../../src/sync-step'
import { isFromTribe, jobsOf, type Proven } from '../../src/tenant-sync/intake'
import { SECRET_HEADER } from '../../src/tribe/webhook-signature'

const HOOK = '0f5b9c1e-6a57-4c5e-9d0b-1c2d3e4f5a6b'
const ENTITY = '7d1c2f30-5b7a-4f0e-8a51-2f9f0c6e1a11'
const RELATIONSHIP = '55000000-0000-4000-8000-000000000055'
const PARENT = 'e1000000-0000-4000-8000-0000000000e9'
const CHILD = 'f0000000-0000-4000-8000-0000000000f2'

const bytesOf = (text: string): ArrayBuffer => new Uint8Array(Buffer.from(text)).buffer
const jobsFor = (body: unknown, hooks: Record<string, string> = {}) =>
  jobsOf(bytesOf(JSON.stringify(body)), () => hooks)
const NO_HOOKS = () => ({})
const look = (subject: string, hint: string | null = null): JobRequest => ({
  kind: 'tribe-changed',
  subject,
  hint,
  lane: 'push',
})
const POLL: JobRequest = { kind: 'poll-tribe', subject: '', lane: 'push' }

describe('the six kinds of events that Tribe tells of (tribe/API.md §4.2)', () => {
  test.each([
    [
      'a record was made',
      {
        type: 'EntityCreationMutation',
        entityType: 'Relation.Organization',
        entityId: ENTITY,
        fields: { Name: 'Nordlys Maskin AS' },
      },
      [look(ENTITY, `${CREATED}Relation.Organization`)],
    ],
    [
      'a record was changed',
      {
        type: 'EntityUpdateMutation',
        entityType: 'Relation.Organization',
        entityId: ENTITY,
        fields: { PhoneNumber: '+47 73 00 11 33', Parent: PARENT },
      },
      [look(ENTITY, 'Relation.Organization')],
    ],
    [
      'a record was deleted',
      { type: 'EntityDeletionMutation', entityType: 'Product', entityId: ENTITY },
      [look(ENTITY, 'Product')],
    ],
    [
      'a link was made',
      {
        type: 'RelationshipCreationMutation',
        relationshipId: RELATIONSHIP,
        parentEntityId: PARENT,
        childEntityId: CHILD,
      },
      [
        look(RELATIONSHIP, 'Activity.Invoice'),
        look(PARENT, 'Activity.Invoice'),
        look(CHILD, 'Activity.Invoice'),
      ],
    ],
    [
      'a link was changed',
      { type: 'RelationshipUpdateMutation', relationshipId: RELATIONSHIP },
      [look(RELATIONSHIP, 'Activity.Invoice')],
    ],
    [
      'a link was removed',
      { type: 'RelationshipDeletionMutation', relationshipId: RELATIONSHIP },
      [look(RELATIONSHIP, 'Activity.Invoice')],
    ],
  ])('%s: what it names is looked at, and nothing else', (_, payload, jobs) => {
    expect(jobsFor({ webhookId: HOOK, payload }, { [HOOK]: 'Activity.Invoice' })).toEqual(jobs)
  })

  test('the least that an event can say is enough', () => {
    expect(jobsFor({ webhookId: HOOK, payload: { entityId: ENTITY } })).toEqual([look(ENTITY)])
    expect(jobsFor({ webhookId: HOOK, payload: { relationshipId: RELATIONSHIP } })).toEqual([
      look(RELATIONSHIP),
    ])
  })
})

describe('what kind of record it may be', () => {
  test('says the event itself, and else the type that the webhook was registered for', () => {
    const hooks = { [HOOK]: 'Address' }
    expect(jobsFor({ webhookId: HOOK, payload: { entityId: ENTITY } }, hooks)).toEqual([
      look(ENTITY, 'Address'),
    ])
    expect(jobsFor({ webhookId: HOOK, payload: { entityId: ENTITY, entityType: 'Product' } }, hooks)).toEqual(
      [look(ENTITY, 'Product')],
    )
    expect(jobsFor({ webhookId: HOOK, payload: { entityId: ENTITY, entityType: null } }, hooks)).toEqual([
      look(ENTITY, 'Address'),
    ])
  })

  test('is looked up once for a delivery, and not at all where each event says it', () => {
    const reads: string[] = []
    const hooks = () => {
      reads.push('read')
      return { [HOOK]: 'Address' }
    }
    const told = { webhookId: HOOK, payload: { entityId: ENTITY, entityType: 'Product' } }
    jobsOf(bytesOf(JSON.stringify([told, told])), hooks)
    expect(reads).toEqual([])
    const untold = { webhookId: HOOK, payload: { entityId: ENTITY } }
    jobsOf(bytesOf(JSON.stringify([untold, told, untold])), hooks)
    expect(reads).toEqual(['read'])
  })

  test('is marked when the event says that the record has just been made, and only then', () => {
    const payload = { entityId: ENTITY, entityType: 'Address' }
    const hintOf = (type?: string) => jobsFor({ webhookId: HOOK, payload: { ...payload, type } })?.[0]?.hint
    expect(hintOf('EntityCreationMutation')).toBe(`${CREATED}Address`)
    for (const type of ['EntityUpdateMutation', 'EntityDeletionMutation', 'Something', undefined])
      expect(hintOf(type)).toBe('Address')
    // Of what kind it is nobody said: then there is nothing to mark.
    expect(jobsFor({ payload: { entityId: ENTITY, type: 'EntityCreationMutation' } })).toEqual([look(ENTITY)])
  })

  test('is open when the webhook is not one that we know', () => {
    expect(jobsFor({ webhookId: PARENT, payload: { entityId: ENTITY } }, { [HOOK]: 'Address' })).toEqual([
      look(ENTITY),
    ])
    expect(jobsFor({ payload: { entityId: ENTITY } }, { [HOOK]: 'Address' })).toEqual([look(ENTITY)])
  })

  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'is open when the webhook calls itself "%s"',
    (webhookId) => {
      const jobs = jobsOf(
        bytesOf(`{"webhookId":"${webhookId}","payload":{"entityId":"${ENTITY}"}}`),
        NO_HOOKS,
      )
      expect(jobs).toEqual([look(ENTITY)])
    },
  )
})

describe('the form of a delivery', () => {
  test('may be a list of events', () => {
    const events = [
      { webhookId: HOOK, payload: { entityId: ENTITY } },
      { webhookId: HOOK, payload: { relationshipId: RELATIONSHIP } },
      { webhookId: HOOK, payload: {} },
    ]
    expect(jobsFor(events, { [HOOK]: 'Address' })).toEqual([
      look(ENTITY, 'Address'),
      look(RELATIONSHIP, 'Address'),
      POLL,
    ])
    expect(jobsFor([])).toEqual([])
  })

  test('may be the payload without its envelope', () => {
    expect(jobsFor({ entityId: ENTITY, entityType: 'Address' })).toEqual([look(ENTITY, 'Address')])
    expect(jobsFor({ relationshipId: RELATIONSHIP })).toEqual([look(RELATIONSHIP)])
    expect(jobsFor({ webhookId: HOOK, entityId: ENTITY }, { [HOOK]: 'Address' })).toEqual([
      look(ENTITY, 'Address'),
    ])
  })

  test('the id of the webhook is nothing to look at', () => {
    expect(jobsFor({ webhookId: HOOK })).toEqual([POLL])
    expect(jobsFor({ webhookId: HOOK, payload: { webhookId: HOOK } })).toEqual([POLL])
  })

  test('one id in two spellings is one record', () => {
    expect(jobsFor({ payload: { entityId: ENTITY.toUpperCase() } })).toEqual([look(ENTITY)])
    expect(jobsFor({ payload: { one: ENTITY, two: { three: ENTITY } } })).toEqual([look(ENTITY)])
    const jobs = jobsFor({ payload: { one: ENTITY, two: ENTITY.toUpperCase(), three: ENTITY } })
    expect(new Set(jobs?.map(({ subject }) => subject))).toEqual(new Set([ENTITY]))
  })

  test('ids may be anywhere in it', () => {
    const payload = { a: { b: [{ c: PARENT }, CHILD, 'text', 7, null, true] }, d: RELATIONSHIP }
    expect(jobsFor({ webhookId: HOOK, payload })).toEqual([look(PARENT), look(CHILD), look(RELATIONSHIP)])
  })

  test.each([
    ['an id that is none', { entityId: 'x' }],
    ['an id that is a number', { entityId: 7 }],
    ['no id', { type: 'EntityUpdateMutation' }],
    ['nothing', {}],
    ['a text', 'changed'],
    ['null', null],
  ])('with %s it asks for a look at all that changed', (_, payload) => {
    expect(jobsFor({ webhookId: HOOK, payload })).toEqual([POLL])
  })

  test.each(['null', '7', '"text"', 'true', '{}', '[null]', '[7]', '[[]]'])(
    '%s is JSON that says nothing: look at all that changed',
    (body) => {
      expect(jobsOf(bytesOf(body), NO_HOOKS)).toEqual([POLL])
    },
  )

  test.each([
    '',
    ' ',
    '{',
    'entityId=7',
    '<event/>',
    `{"entityId":"${ENTITY}"`,
    'undefined',
    '{"a":1}{"b":2}',
  ])('"%s" is no JSON, and refused', (body) => {
    expect(jobsOf(bytesOf(body), NO_HOOKS)).toBeNull()
  })

  test('bytes that are no text are refused', () => {
    expect(jobsOf(Uint8Array.from([0x22, 0xff, 0x22]).buffer, NO_HOOKS)).toBeNull()
  })

  test('a byte order mark in front does no harm', () => {
    expect(jobsOf(bytesOf(`\uFEFF{"payload":{"entityId":"${ENTITY}"}}`), NO_HOOKS)).toEqual([look(ENTITY)])
  })
})

describe('a delivery that means no good', () => {
  test('a hundred thousand boxes in one another are not unpacked', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    expect(jobsOf(bytesOf(deep), NO_HOOKS)).toEqual([POLL])
    expect(jobsOf(bytesOf(`{"webhookId":"${HOOK}","payload":${deep}}`), NO_HOOKS)).toEqual([POLL])
  })

  test('an id below seven boxes is out of sight, and the poll finds what it means', () => {
    const wrapped = (depth: number): unknown => (depth === 0 ? ENTITY : { inner: wrapped(depth - 1) })
    expect(jobsFor({ webhookId: HOOK, payload: wrapped(7) })).toEqual([look(ENTITY)])
    expect(jobsFor({ webhookId: HOOK, payload: wrapped(8) })).toEqual([POLL])
  })

  test('a megabyte of ids asks for a bounded number of looks', () => {
    const ids = Array.from(
      { length: 25_000 },
      (_, n) => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`,
    )
    const jobs = jobsFor({ webhookId: HOOK, payload: { ids } })
    expect(jobs?.length).toBeLessThanOrEqual(25)
  })

  test('a member called __proto__ changes nothing', () => {
    const body = `{"webhookId":"${HOOK}","payload":{"__proto__":{"entityId":"${PARENT}"},"entityId":"${ENTITY}"}}`
    expect(jobsOf(bytesOf(body), NO_HOOKS)).toEqual([look(ENTITY)])
  })
})

describe('what was accepted is worked off (DESIGN.md §1.2)', () => {
  test('of more events than one delivery may ask for, the poll finds the rest', () => {
    const idOf = (n: number) => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`
    const events = Array.from({ length: 1500 }, (_, n) => ({
      webhookId: HOOK,
      payload: { entityId: idOf(n) },
    }))
    const jobs = jobsFor(events) ?? []
    const subjects = new Set(jobs.map(({ subject }) => subject))
    const isComplete = events.every(({ payload }) => subjects.has(payload.entityId))
    expect(isComplete || jobs.some(({ kind }) => kind === 'poll-tribe')).toBe(true)
  })

  test('of more ids than one event may name, the poll finds the rest', () => {
    const ids = Array.from(
      { length: 30 },
      (_, n) => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`,
    )
    const jobs = jobsFor({ webhookId: HOOK, payload: { ids } }) ?? []
    const subjects = new Set(jobs.map(({ subject }) => subject))
    const isComplete = ids.every((id) => subjects.has(id))
    expect(isComplete || jobs.some(({ kind }) => kind === 'poll-tribe')).toBe(true)
  })

  test('every event leads to a job, whatever it holds, and every job names a record or the poll', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { minLength: 1, maxLength: 20 }), (events) => {
        const jobs = jobsFor(events) ?? []
        expect(jobs.length).toBeGreaterThanOrEqual(events.length)
        for (const job of jobs) {
          expect(job.lane).toBe('push')
          if (job.kind === 'poll-tribe') expect(job.subject).toBe('')
          else expect(job.subject).toMatch(/^[0-9a-f-]{36}$/)
        }
      }),
    )
  })

  test('whatever the bytes, it is refused or leads to jobs, and throws nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        const jobs = jobsOf(Uint8Array.from(bytes).buffer, NO_HOOKS)
        expect(jobs === null || Array.isArray(jobs)).toBe(true)
      }),
    )
  })
})

describe('whether a delivery is Tribe’s', () => {
  const HEADER = SECRET_HEADER.toLowerCase()
  const BODY = bytesOf(JSON.stringify({ webhookId: HOOK, payload: { entityId: ENTITY } }))
  const signatureBy = (secret: string) =>
    createHmac('sha512', secret).update(Buffer.from(BODY)).digest('base64')

  beforeAll(() => {
    // Workers have it on `crypto.subtle`; Node has it elsewhere.
    Object.assign(crypto.subtle, { timingSafeEqual })
  })

  test('a right header is enough: signing secrets are not even opened', async () => {
    const headerHashes = [await sha256('ours')]
    const signing = () => Promise.reject(new Error('sealed by a key that is gone'))
    const raw = new ArrayBuffer(0)
    expect(await isFromTribe(raw, { 'x-relay-secret': 'ours' }, { headerHashes, signing })).toBe(true)
    await expect(isFromTribe(raw, { 'x-relay-secret': 'other' }, { headerHashes, signing })).rejects.toThrow()
  })

  async function secretsWith(ours: string, ...signing: string[]) {
    return { headerHashes: [await sha256(ours)], signing: async () => signing }
  }

  test('is said by the header that we registered', async () => {
    const ours = newSecret()
    expect(await isFromTribe(BODY, { [HEADER]: ours }, await secretsWith(ours))).toBe(true)
  })

  test('is said by a signature under a secret that the admin has entered, in whatever header', async () => {
    const secrets = await secretsWith(newSecret(), 'first', 'second')
    for (const secret of ['first', 'second'])
      expect(await isFromTribe(BODY, { 'x-tribe-signature': signatureBy(secret) }, secrets)).toBe(true)
    expect(await isFromTribe(BODY, { 'x-any': signatureBy('third') }, secrets)).toBe(false)
  })

  test('one of the two is enough: a wrong header does not spoil a right signature', async () => {
    const secrets = await secretsWith(newSecret(), 'first')
    const headers = { [HEADER]: 'wrong', 'x-signature': signatureBy('first') }
    expect(await isFromTribe(BODY, headers, secrets)).toBe(true)
  })

  test.each([
    ['no header', {}],
    ['an empty header', { [HEADER]: '' }],
    ['the secret of another tenant', { [HEADER]: newSecret() }],
    ['the secret in another header', { authorization: 'ours' }],
    ['a signature, though no signing secret was entered', { 'x-signature': signatureBy('') }],
  ])('is not said by %s', async (_, headers) => {
    expect(await isFromTribe(BODY, headers, await secretsWith('ours'))).toBe(false)
  })

  test('a header that was right is told again by itself, and counts no longer than its hash does', async () => {
    const [ours, next] = [newSecret(), newSecret()]
    const proven: Proven = { last: null }
    const isRight = async (value: string, ...secrets: string[]) =>
      isFromTribe(
        BODY,
        { [HEADER]: value },
        { headerHashes: await Promise.all(secrets.map(sha256)), signing: async () => [] },
        proven,
      )
    expect(await isRight('wrong', ours)).toBe(false)
    expect(proven.last).toBeNull()
    for (let times = 0; times < 3; times++) expect(await isRight(ours, ours)).toBe(true)
    expect(await isRight(`${ours}x`, ours)).toBe(false)
    expect(await isRight(ours, next, ours)).toBe(true)
    expect(await isRight(next, next, ours)).toBe(true)
    expect(await isRight(ours, next)).toBe(false)
    expect(await isRight(next, next)).toBe(true)
  })

  test('is not said by the hash that we keep', async () => {
    const secrets = await secretsWith('ours')
    expect(await isFromTribe(BODY, { [HEADER]: secrets.headerHashes[0] ?? '' }, secrets)).toBe(false)
  })
})
