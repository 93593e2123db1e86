import { Dice } from '../platform/dice'
import type { TownTenant } from '../platform/town'
import { SIDES, type Twin } from './model'
import { OWN_ROWS } from './own'
import { mappingsOf } from './products/kind'
import type { World } from './world'

const MINUTE_MS = 60_000

type Json = Record<string, unknown>
/** A call of the relay's API. */
interface Asked {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'GET'
  path: string
  body?: Json
}
/** What an admin does next; null when there is nothing that it could be done to. */
type Meddling = (world: World, dice: Dice) => Asked | null

/** An administrator who meddles in between, by the API alone, and puts everything back in the end. */
export class Admin {
  private readonly dice: Dice
  private readonly underWay = new Set<Promise<unknown>>()
  /** Answers that the API owed nobody. */
  readonly faults: string[] = []
  constructor(
    private readonly world: World,
    private readonly tenant: TownTenant,
    seed: number,
  ) {
    this.dice = new Dice(seed + 0xad)
  }

  /** For an hour or so, now and then. */
  meddle(minutes: number): void {
    const { timeline } = this.world.town
    for (let acts = this.dice.between(1, 8); acts > 0; acts--)
      timeline.after(this.dice.between(0, minutes * MINUTE_MS), () => this.act())
  }

  private act(): void {
    const asked = this.dice.weighted(MEDDLING)(this.world, this.dice)
    if (!asked) return
    const work = this.ask(asked).finally(() => this.underWay.delete(work))
    this.underWay.add(work)
  }

  /** Everything is on again, as it was at first; nothing is rough any more. */
  async putBack(): Promise<void> {
    await Promise.all(this.underWay)
    for (const asked of asBefore(this.world)) await this.insist(asked)
  }

  /** Comes back as often as he is told to wait. */
  private async insist(asked: Asked): Promise<void> {
    for (let tries = 0; tries < 5; tries++) {
      if (await this.ask(asked)) return
      await this.world.town.timeline.sleep(MINUTE_MS)
    }
    this.faults.push(`the admin cannot put back: ${asked.method} ${asked.path}`)
  }

  /** Whether it was taken. */
  private async ask({ method, path, body }: Asked): Promise<boolean> {
    const { status, body: answer } = await this.tenant.ask(method, path, body)
    const code = answer?.error?.code ?? ''
    this.world.tell(`ADMIN ${method} ${path} ${JSON.stringify(body ?? {})} → ${status} ${code}`)
    const isGone = code === 'record.unknown' && path.startsWith('/records/')
    // A product whose unit or VAT group the admin has left out meanwhile is not written, to be taken back neither.
    const isUnmapped = path === '/records/undo' && ['unit.unmapped', 'vat.unmapped'].includes(code)
    if (status >= 400 && !isGone && !isUnmapped && !LEGITIMATE.includes(status))
      this.faults.push(`the API answers ${status} ${code} to ${method} ${path} ${JSON.stringify(body)}`)
    // What is mapped, tied or switched anew is compared anew.
    if (status < 400) for (const side of SIDES) this.world.model.cause(side, 1)
    return status < 400
  }
}

/** Not now: something else is under way, too much was asked, a system is away. */
const LEGITIMATE = [409, 429, 503]

const post =
  (path: string, body: Json = {}): Meddling =>
  () => ({ method: 'POST', path, body })

const patch = (body: Json): Asked => ({ method: 'PATCH', path: '/settings', body })

const switchPart: Meddling = (_, dice) =>
  patch({ [dice.pick(['relations', 'products'])]: { enabled: dice.is(0.5) } })

const retryOne: Meddling = ({ relay }, dice) => {
  const parked = relay.jobs.problems(100).filter(({ kind }) => kind !== 'vanished')
  const job = dice.pick(parked)
  return job ? { method: 'POST', path: `/jobs/${job.id}/retry`, body: {} } : null
}

const retryCode: Meddling = ({ relay }, dice) => {
  const codes = relay.jobs
    .problems(100)
    .flatMap(({ kind, code }) => (kind !== 'vanished' && code ? [code] : []))
  const code = dice.pick(codes)
  return code ? { method: 'POST', path: '/jobs/retry', body: { code } } : null
}

/** Which relations count, and which of their fields. */
const switchSome: Meddling = (_, dice) => {
  const what = dice.pick(['suppliers', 'contactPersons', 'privatePersons', 'financialFields'])
  return patch({ relations: { [what]: dice.is(0.5) } })
}

const changePolicy: Meddling = (world, dice) => {
  world.hasOtherPolicy = true
  return patch({ conflictPolicy: dice.pick(['poweroffice', 'tribe', 'newest']) })
}

/** Leaves out some of what is mapped, or puts all of it back. */
const mapSome: Meddling = (world, dice) => {
  const what = dice.pick(['units', 'vat'] as const)
  const rows: readonly Json[] = mapped(world)[what]
  const mappings = dice.is(0.5) ? rows.filter(() => dice.is(0.8)) : rows
  return { method: 'PUT', path: `/mappings/${what}`, body: { mappings } }
}

function mapped(world: World) {
  const { units, vat } = mappingsOf(world)
  return { units, vat: vat.map(({ salesAccountId: _, ...row }) => row) }
}

const askFor: Meddling = (_, dice) => ({
  method: 'POST',
  path: '/sync',
  body: { what: dice.pick(['relations', 'products', 'compare', 'everything']) },
})

const tryOut: Meddling = (_, dice) => ({
  method: 'POST',
  path: '/dry-run',
  body: { settings: { conflictPolicy: dice.pick(['poweroffice', 'tribe', 'newest']) } },
})

/** Tribe's application has a new secret; or PowerOffice's key is entered once more. */
const renew: Meddling = ({ crm, books }, dice) => {
  if (dice.is(0.4)) return { method: 'PUT', path: '/poweroffice', body: { clientKey: books.clientKey } }
  const clientSecret = crm.rotateSecret()
  return { method: 'PUT', path: '/tribe', body: { clientId: crm.clientId, clientSecret } }
}

/** Leaves out rows of the admin's own fields, or puts all of them back. */
const mapFields: Meddling = (world, dice) => {
  if (!world.hasOwn) return null
  world.hasOtherRows = true
  const rows = dice.is(0.5) ? OWN_ROWS.filter(() => dice.is(0.7)) : OWN_ROWS
  return { method: 'PUT', path: '/fields', body: { mapped: rows } }
}

const linked = ({ model }: World, state: string) =>
  [...model.learn()].flatMap(([twin, link]) =>
    link.state === state && twin.hub.twins.length === 1 ? [twin] : [],
  )
const named = ({ kind, tribeId, powerOfficeId }: Twin) => ({ kind: kind.name, tribeId, powerOfficeId })

/** Nobody can say any more who changed it last; what differs is written once more. */
function noteTied({ model }: World, { kind, hub }: Twin): void {
  for (const twin of hub.twins)
    for (const field of Object.keys(model.read(twin, 'tribe') ?? {})) hub.tied.add(kind.sharedName(field))
  for (const side of SIDES) model.cause(side, 3)
}

/** Lets a pair go: whatever each side says from then on is its own. */
const forget: Meddling = (world, dice) => {
  const twin = dice.pick(linked(world, 'linked'))
  if (!twin) return null
  const { kind, tribeId } = named(twin)
  Object.assign(twin.about, { isHidden: true, isForgotten: true })
  return { method: 'POST', path: '/records/forget', body: { kind, tribeId } }
}

/** Ties a pair together, anew or again. */
const relink: Meddling = (world, dice) => {
  const twin = dice.pick([...linked(world, 'forgotten'), ...linked(world, 'linked')])
  if (!twin) return null
  noteTied(world, twin)
  twin.about.isTiedByHand = true
  return { method: 'POST', path: '/records/relink', body: named(twin) }
}

/** Takes back one of the relay's own writes. */
const takeBack: Meddling = (world, dice) => {
  const rows = world.relay.database
    .prepare(
      `select id, kind, tribe_id as tribeId from timeline where tenant_id = ? and details like '%"kept"%'`,
    )
    .all(world.relay.tenantId)
  const entry = dice.pick(rows)
  const twin = entry && world.model.twins.find((one) => one.tribeId === entry.tribeId)
  if (!twin) return null
  noteTied(world, twin)
  world.hasTakenBack = true
  const { id: entryId, kind, tribeId } = entry
  return { method: 'POST', path: '/records/undo', body: { kind, tribeId, entryId } }
}

/** Takes down the relay's webhooks in Tribe itself; the night registers them again. */
const dropWebhooks: Meddling = ({ crm }, dice) => {
  crm.removeWebhooks(dice.is(0.5) ? undefined : dice.pick(crm.webhooks)?.id)
  return null
}

const MEDDLING: readonly (readonly [weight: number, Meddling])[] = [
  [3, post('/pause')],
  [3, post('/resume')],
  [1, post('/activate')],
  [6, switchPart],
  [2, retryOne],
  [1, retryCode],
  [1, post('/jobs/retry')],
  [3, switchSome],
  [1, changePolicy],
  [2, mapSome],
  [2, askFor],
  [1, tryOut],
  [1, post('/preview')],
  [1, renew],
  [1, post('/webhook-secret')],
  [1, dropWebhooks],
  [2, mapFields],
  [1, forget],
  [1, relink],
  [1, takeBack],
]

function asBefore(world: World): Asked[] {
  const { relations, products, conflictPolicy, defaultSalesAccountNo } = world.settings
  const { units, vat } = mapped(world)
  const { clientId, clientSecret } = world.crm
  return [
    { method: 'PUT', path: '/tribe', body: { clientId, clientSecret } },
    { method: 'POST', path: '/resume', body: {} },
    patch({ relations, products, conflictPolicy, defaultSalesAccountNo }),
    { method: 'PUT', path: '/mappings/units', body: { mappings: units } },
    { method: 'PUT', path: '/mappings/vat', body: { mappings: vat } },
    ...(world.hasOwn ? [{ method: 'PUT', path: '/fields', body: { mapped: OWN_ROWS } } as const] : []),
    { method: 'POST', path: '/jobs/retry', body: {} },
  ]
}
