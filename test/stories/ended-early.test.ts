import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { browserOf } from './browsing'
import { type Relay, startRelay, type Tenant } from './relay'

/** What is worked out for a person, and does not come to its end because the company is not at work any more. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => {
  relay.tribe.faults.clear()
  relay.powerOffice.faults.clear()
  expect(
    relay.violations().filter((one) => !/deleted by API: (Relation|Product|Address)/.test(String(one))),
  ).toEqual([])
})
afterAll(() => relay.close())

const FOREVER = Number.POSITIVE_INFINITY
const aCompany = (activate = true) =>
  relay.tenant({
    activate,
    seed: (_crm, books) => {
      for (let n = 1; n <= 12; n++) books.hasCustomer({ Name: `Kunde ${n} AS`, PhoneNumber: `${n}0` })
    },
  })
/** Every call to Tribe takes so long that what needs several is under way for a while. */
const slowly = () => relay.tribe.faults.add({ name: 'slow-before', delayMs: 2000, times: FOREVER })

async function begun(acme: Tenant, change: object = { settings: { conflictPolicy: 'tribe' } }) {
  const { status, body } = await acme.api('POST', '/dry-run', change)
  expect(status).toBe(202)
  return String(body.dryRunId)
}
const read = async (acme: Tenant, id: string) => (await acme.api('GET', `/dry-run/${id}`)).body
async function underWay(acme: Tenant, change?: object) {
  slowly()
  const id = await begun(acme, change)
  await relay.sleep(3000)
  expect((await read(acme, id)).state).toBe('running')
  return id
}
const outcomeOf = async (acme: Tenant, id: string) => {
  const { state, because = null } = await read(acme, id)
  return [state, because]
}

describe('a dry run that is under way', () => {
  const refuseTribe = () => {
    relay.tribe.faults.clear()
    relay.tribe.faults.add({ name: 'unauthorized', times: FOREVER })
  }
  const ends: [string, (acme: Tenant) => unknown, string][] = [
    ['is ended by a pause', (acme) => acme.api('POST', '/pause'), 'paused'],
    [
      'is ended by other settings',
      (acme) => acme.api('PATCH', '/settings', { conflictPolicy: 'newest' }),
      'settings-changed',
    ],
    [
      'is ended by other mappings',
      (acme) => acme.put('/mappings/units', { mappings: [] }),
      'settings-changed',
    ],
    [
      'is ended by credentials that are refused, whatever met that first',
      async (acme) => {
        refuseTribe()
        acme.crm.hasCustomer({ organization: { Name: 'Ny AS' } })
        await relay.sleep(15_000)
        expect((await acme.status()).state).toBe('reconnect')
      },
      'reconnect',
    ],
  ]
  test.each(ends)('%s', async (_, act, because) => {
    const acme = await aCompany()
    const id = await underWay(acme)
    await act(acme)
    expect(await outcomeOf(acme, id)).toEqual(['failed', because])
    // What it had begun to ask for has been answered by then, and nothing more is asked.
    await relay.sleep(30_000)
    relay.tribe.log.clear()
    await relay.sleep(600_000)
    const asked = relay.tribe.log.all.filter(({ path }) => /odata/.test(path))
    expect([await outcomeOf(acme, id), because === 'paused' ? asked : []]).toEqual([['failed', because], []])
  })

  test('and paused does not come to life again with the company, whose next one is worked out', async () => {
    const acme = await aCompany()
    const id = await underWay(acme)
    await acme.api('POST', '/pause')
    relay.tribe.faults.clear()
    await relay.sleep(5000)
    await relay.restart()
    await acme.api('POST', '/resume')
    await acme.quiet()
    expect(await outcomeOf(acme, id)).toEqual(['failed', 'paused'])
    const again = await begun(acme)
    await acme.quiet()
    expect(await outcomeOf(acme, again)).toEqual(['done', null])
  })

  test('is ended although the object did not live to hear of the pause', async () => {
    const acme = await aCompany()
    const id = await underWay(acme)
    await relay.sql("update tenants set state = 'paused' where id = ?", acme.id)
    await relay.restart()
    await relay.sleep(20_000)
    expect(await outcomeOf(acme, id)).toEqual(['failed', 'paused'])
  })

  test('goes on after a connection was made anew with the same company', async () => {
    const acme = await aCompany()
    const id = await underWay(acme)
    relay.tribe.faults.clear()
    expect((await acme.put('/poweroffice', { clientKey: acme.books.clientKey })).status).toBe(200)
    await acme.quiet()
    expect(await outcomeOf(acme, id)).toEqual(['done', null])
  })

  test('is nobody’s any more when its company leaves', async () => {
    const acme = await aCompany()
    const id = await underWay(acme)
    relay.tribe.faults.clear()
    expect((await acme.api('DELETE', '')).status).toBe(204)
    expect((await relay.operator('GET', `/api/tenants/${acme.id}/dry-run/${id}`)).status).toBe(404)
  })

  test('several at once all end', async () => {
    const acme = await aCompany()
    slowly()
    const ids = [await begun(acme), await begun(acme), await begun(acme)]
    await relay.sleep(3000)
    await acme.api('POST', '/pause')
    for (const id of ids) expect(await outcomeOf(acme, id)).toEqual(['failed', 'paused'])
  })
})

describe('a dry run that is begun', () => {
  test('while credentials are refused ends at once, and says so', async () => {
    const acme = await aCompany()
    relay.tribe.faults.add({ name: 'unauthorized', times: FOREVER })
    acme.crm.hasCustomer({ organization: { Name: 'Ny AS' } })
    await relay.until(async () => (await acme.status()).state === 'reconnect')
    const id = await begun(acme)
    expect(await outcomeOf(acme, id)).toEqual(['failed', 'reconnect'])
  })

  test('while paused tells that the change writes nothing', async () => {
    const acme = await aCompany()
    await acme.api('POST', '/pause')
    const id = await begun(acme)
    const { state, writes, records, parked } = await read(acme, id)
    expect([state, writes, records, parked]).toEqual(['done', [], [], []])
  })

  test('and that Tribe refuses as a whole ends, and is no problem of a record', async () => {
    const acme = await aCompany()
    relay.tribe.faults.add({ name: 'refused', on: /Activity_Invoice/, times: FOREVER })
    const id = await begun(acme, { settings: { invoices: { enabled: true } } })
    await relay.sleep(120_000)
    expect(await outcomeOf(acme, id)).toEqual(['failed', 'refused'])
    const kinds = (await acme.status()).problems.map(({ kind }: { kind: string }) => kind)
    expect(kinds.filter((kind: string) => kind === 'dry-run')).toEqual([])
  })
})

test('the console says why a dry run ended, and waits no longer', async () => {
  const acme = await aCompany()
  const id = await underWay(acme)
  await acme.api('POST', '/pause')
  const browser = browserOf(relay)
  await browser.logIn(acme.token)
  const { text } = await browser.open(`/console/tenants/${acme.id}/dry-run/${id}`)
  expect(text).toContain('It could not be worked out')
  expect(text).toContain('The sync was paused meanwhile. Let it go on first.')
  expect(text).not.toContain('data-again')
})

describe('at rest', () => {
  /** So that nothing has begun by the time of the pause. */
  const behindAnother = async (acme: Tenant, ask: () => Promise<unknown>) => {
    await relay.sleep(60_000)
    slowly()
    await acme.api('POST', '/sync', { what: 'compare' })
    await relay.sleep(1000)
    await ask()
    await acme.api('POST', '/pause')
    relay.tribe.faults.clear()
    await relay.sleep(60_000)
  }

  const PREVIEWS: [string, (acme: Tenant) => Promise<unknown>, (acme: Tenant) => Promise<unknown>, object][] =
    [
      [
        'of an undo',
        (acme) => acme.api('POST', '/undo', { what: 'first-load' }),
        async (acme) => (await acme.api('GET', '/undo')).body,
        { state: 'previewed', counts: { removable: 12 } },
      ],
      [
        'of a first load',
        (acme) => acme.api('POST', '/preview'),
        async (acme) => (await acme.api('GET', '/preview')).body,
        { state: 'done', counts: { 'matched-by-id': 12 } },
      ],
    ]
  test.each(PREVIEWS)(
    'a preview %s is worked out, though the pause came before its turn',
    async (_, ask, look, found) => {
      const acme = await aCompany()
      await behindAnother(acme, () => ask(acme))
      expect(await look(acme)).toMatchObject(found)
    },
  )

  test.each(PREVIEWS)(
    'a preview %s that had no answer is tried again, though the pause came meanwhile',
    async (_, ask, look, found) => {
      const acme = await aCompany()
      await relay.sleep(60_000)
      relay.tribe.faults.add({ name: 'slow-before', delayMs: 300_000, times: FOREVER })
      await ask(acme)
      await relay.sleep(2000)
      await acme.api('POST', '/pause')
      await relay.sleep(2000)
      relay.tribe.faults.clear()
      await relay.sleep(600_000)
      expect(await look(acme)).toMatchObject(found)
    },
  )

  test('a preview can be asked for, as before another first load; and nothing else is done', async () => {
    const acme = await aCompany()
    await relay.sleep(60_000)
    await acme.api('POST', '/undo', { what: 'first-load' })
    await relay.until(async () => (await acme.api('GET', '/undo')).body.state === 'previewed')
    expect((await acme.api('POST', '/undo/confirm')).status).toBe(202)
    await relay.until(async () => (await acme.api('GET', '/undo')).body.state === 'done')
    acme.crm.hasCustomer({ organization: { Name: 'Imens AS' } })
    const writes = acme.tribeWrites().length + acme.calls(/^(POST|PATCH|PUT|DELETE)/).length
    expect((await acme.api('POST', '/preview')).status).toBe(202)
    await relay.until(async () => (await acme.api('GET', '/preview')).body.state === 'done')
    expect((await acme.api('GET', '/preview')).body.counts).toMatchObject({ 'new-in-tribe': 12 })
    await relay.sleep(60_000)
    expect(acme.tribeWrites().length + acme.calls(/^(POST|PATCH|PUT|DELETE)/).length).toBe(writes)
  })

  test('the preview of an undo that Tribe refuses as a whole has failed, and can be asked for anew', async () => {
    const acme = await aCompany()
    await relay.sleep(60_000)
    relay.tribe.faults.add({ name: 'refused', times: FOREVER })
    await acme.api('POST', '/undo', { what: 'first-load' })
    await relay.sleep(30_000)
    expect((await acme.api('GET', '/undo')).body.state).toBe('failed')
    relay.tribe.faults.clear()
    await acme.api('POST', '/undo', { what: 'first-load' })
    await relay.until(async () => (await acme.api('GET', '/undo')).body.state === 'previewed')
  })
})
