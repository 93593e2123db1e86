import type { LinkKind } from '../../../src/db/links'
import { Dice } from '../../platform/dice'
import { Town, type TownTenant } from '../../platform/town'
import { type Blow, type DatabaseMishap, type Mishap, OneBlow } from '../../platform/weather'
import type { Played } from '../play'
import { fill, nameOf, type Size, worldOf } from './world'

/** The undo of a first load, with one blow on its way: from its preview to its end. */

/** Within this every call has arrived, or never will. */
const ARRIVED_MS = 35_000

export interface UndoPiece {
  seed: number
  size: Size
  /** How many records somebody touches between the load and its undo. */
  touched: number
  /** So many records at least are undone or kept. */
  records: number
  /** Another load comes after it. */
  isLoadedAgain: boolean
}

/** A record of each kind, and each way to touch one. */
export const SMALL: UndoPiece = {
  seed: 3,
  size: { companies: 10, products: 3, pairs: 1 },
  touched: 9,
  records: 20,
  isLoadedAgain: true,
}
/** Some two hundred records, of which twenty were touched. */
export const LARGE: UndoPiece = {
  seed: 5,
  size: { companies: 120, products: 30, pairs: 3 },
  touched: 20,
  records: 200,
  isLoadedAgain: false,
}
/** What a cut at each call comes to, where all mishaps would take too long. */
export const SOME = [
  ['crash-before', 'crash-after', 'lost-after'],
  ['crash-before', 'crash-after', 'fails-after'],
] as const satisfies [Mishap[], DatabaseMishap[]]

export const SETTINGS = {
  relations: { enabled: true },
  products: { enabled: true },
  invoices: { enabled: false },
  payments: { enabled: false },
  keepBefore: { days: 10 },
}

export async function playUndo(piece: UndoPiece, blow: Blow | null): Promise<Played> {
  const town = new Town(piece.seed)
  const weather = new OneBlow(blow)
  town.platform.weather = weather
  let fault: string | null
  try {
    fault = await act(town, weather, piece)
  } catch (thrown) {
    fault = thrown instanceof Error ? String(thrown.stack) : String(thrown)
  } finally {
    town.platform.close()
  }
  return { fault, calls: weather.calls, queries: weather.queries, story: town.story }
}

/** Connected, mapped and activated, with both systems filled. `isTold`: Tribe tells of what happens there. */
export async function loaded(
  town: Town,
  { seed, size }: Pick<UndoPiece, 'seed' | 'size'>,
  { settings = SETTINGS, isTold = false }: { settings?: object; isTold?: boolean } = {},
): Promise<{
  tenant: TownTenant
  before: Map<string, string>
}> {
  const tenant = await town.addTenant({ settings: { ...settings } })
  if (!isTold) tenant.crm.dropNextDeliveries(Number.POSITIVE_INFINITY)
  await town.waitFor(tenant.mapAsProposed())
  await town.waitFor(fill(tenant, new Dice(seed), size))
  const before = worldOf(tenant)
  await activated(town, tenant)
  return { tenant, before }
}

export async function activated(town: Town, tenant: TownTenant): Promise<void> {
  await town.waitFor(tenant.activate())
  const stuck = await town.quiet(180)
  if (stuck) throw new Error(`it is never quiet: ${stuck}`)
}

export async function undone(town: Town, tenant: TownTenant): Promise<void> {
  const isNow = (state: string) => async () => (await tenant.api('GET', '/undo?pageSize=500')).state === state
  await asked(town, () => tenant.api('POST', '/undo', { what: 'first-load' }))
  await until(town, isNow('previewed'))
  await asked(town, () => tenant.api('POST', '/undo/confirm'))
  await until(town, isNow('done'))
}

/** A person asks once more when the relay was cut off while it was asked. */
async function asked(town: Town, ask: () => Promise<unknown>): Promise<void> {
  try {
    await town.waitFor(ask())
  } catch {
    await town.passMinutes(1)
    await town.waitFor(ask())
  }
}

async function until(town: Town, isSo: () => Promise<boolean>): Promise<void> {
  for (let n = 0; n < 240; n++) {
    if (await town.waitFor(isSo().catch(() => false))) return
    await town.timeline.run(30_000)
  }
  throw new Error('it is never so')
}

export interface Listed {
  kind: LinkKind
  tribeId: string
  outcome: string
}
export const listed = async (town: Town, tenant: TownTenant): Promise<{ counts: object; items: Listed[] }> =>
  town.waitFor(tenant.api('GET', '/undo?pageSize=500'))

interface Known {
  kind: LinkKind
  tribe_id: string
  power_office_id: string
}
export const linksIn = (town: Town): Known[] =>
  town.platform.database.prepare('select kind, tribe_id, power_office_id from links').all() as never

async function act(town: Town, weather: OneBlow, piece: UndoPiece): Promise<string | null> {
  const { touched, records, isLoadedAgain } = piece
  const { tenant, before } = await loaded(town, piece)
  await town.passMinutes(2)
  const links = linksIn(town)
  const hands = touch(tenant, touched)
  const touchedWorld = worldOf(tenant)
  await town.passMinutes(1)
  const booksBefore = inBooks(tenant)
  const calls = town.calls.length
  weather.arm()
  await undone(town, tenant)
  weather.disarm()
  const since = town.calls.slice(calls)
  const { items, counts } = await listed(town, tenant)

  const faults: string[] = []
  const same = (what: string, is: unknown, wanted: unknown) => {
    const [told, right] = [JSON.stringify(is), JSON.stringify(wanted)]
    if (told !== right) faults.push(`${what}: is ${told}, not ${right}`)
  }
  const keyOf = ({ kind, tribeId }: Pick<Listed, 'kind' | 'tribeId'>) => `${kind} ${tribeId}`
  const kept = items.filter(({ outcome }) => outcome === 'touched').map(keyOf)
  // Each that was touched is reported, and nothing else is.
  same('touched', kept.toSorted(), hands.stay.map(keyOf).toSorted())
  same('not kept', items.filter(({ outcome }) => outcome === 'not-kept').map(keyOf), [])
  same('large enough', [hands.count, items.length >= records], [touched, true])
  same('counts', counts, countsIn(items))
  same('listed', items.length, new Set(items.map(keyOf)).size)
  // No link stays but theirs, and no record of the load's.
  same(
    'links',
    linksIn(town)
      .map(({ kind, tribe_id }) => `${kind} ${tribe_id}`)
      .toSorted(),
    hands.stay.map(keyOf).toSorted(),
  )
  const now = worldOf(tenant)
  const untouched = (world: Map<string, string>) =>
    [...world].filter(([key]) => !hands.names.some((name) => key.endsWith(` ${name}`))).toSorted()
  same('world', untouched(now), untouched(before))
  for (const [key, told] of touchedWorld)
    if (hands.names.some((name) => key.endsWith(` ${name}`))) same(key, now.get(key), told)
  // Nothing twice, and nothing in the books.
  const effects = since.filter(
    ({ host, method, hasEffect, mishap }) =>
      host === 'tribe.example' && method !== 'GET' && hasEffect && mishap !== 'late',
  )
  const paths = effects
    .filter(({ path }) => path.includes('/odata/'))
    .map(({ method, path, body }) => `${method} ${path} ${body}`)
  same(
    'twice',
    paths.filter((path, n) => paths.indexOf(path) !== n),
    [],
  )
  const told = town.platform.database
    .prepare("select kind || ' ' || tribe_id as it from timeline where event = 'undone'")
    .all()
    .map(({ it }) => String(it))
  const gone = items.filter(({ outcome }) => outcome !== 'touched').map(keyOf)
  same('told', told.toSorted(), gone.toSorted())
  same('books', inBooks(tenant), booksBefore)
  same(
    'writes',
    since
      .filter(
        ({ host, method, path }) =>
          host === 'poweroffice.example' && method !== 'GET' && !path.includes('Token'),
      )
      .map(({ method, path }) => `${method} ${path}`),
    [],
  )
  same('state', (await town.waitFor(tenant.api('GET', '/status'))).state, 'paused')
  same(
    'violations',
    town.violations().filter((one) => !/deleted by API: (Relation|Product|Address)/.test(one)),
    [],
  )
  same('bugs', town.bugs, [])
  if (faults.length > 0 || !isLoadedAgain) return faults.join('\n') || null

  // Another load makes the same once more, and nothing twice. A write that was cut off has arrived by then: one that comes
  // after what another load wrote is told from a user's edit by nothing.
  await town.timeline.run(ARRIVED_MS)
  await activated(town, tenant)
  same(
    'names after another load',
    [...worldOf(tenant).keys()].toSorted(),
    [...touchedWorld.keys()].toSorted(),
  )
  const tied = new Set(linksIn(town).map(({ power_office_id: id }) => id))
  same(
    'links after another load',
    links.filter(({ power_office_id: id }) => !tied.has(id)),
    [],
  )
  same('problems', tenant.problems(), [])
  return faults.join('\n') || null
}

const inBooks = ({ books }: TownTenant) =>
  JSON.stringify([books.customers(), books.suppliers(), books.contactPersons(), books.products()])

function countsIn(items: readonly Listed[]) {
  const count = (outcome: string) => items.filter((item) => item.outcome === outcome).length
  return { removable: count('removable'), restorable: count('restorable'), touched: count('touched') }
}

interface Hands {
  /** What stays because of it. */
  stay: Pick<Listed, 'kind' | 'tribeId'>[]
  /** Names of all that is not as it was. */
  names: string[]
  count: number
}

/** Somebody uses so many of what the load has brought, in each way that counts once before any is used again. */
function touch({ crm }: TownTenant, count: number): Hands {
  const quiet = { silent: true }
  const hands: Hands = { stay: [], names: [], count: 0 }
  const named = (rows: readonly Record<string, unknown>[], pattern: RegExp) =>
    rows.filter((row) => pattern.test(nameOf(row)))
  const idOf = (row: unknown) => String((row as { ID: string }).ID)
  const customers = named(crm.customers(), /^Kunde/).filter(
    (row) => !crm.suppliers().some((one) => nameOf(one) === nameOf(row)),
  )
  const contactsOf = (row: Record<string, unknown>) =>
    crm.contacts().filter((one) => idOf(one.Relation) === idOf(row.Organization))
  const bare = customers.filter((row) => contactsOf(row).length === 0)
  const manned = customers.filter((row) => contactsOf(row).length > 0)
  const stays = (kind: LinkKind, row: Record<string, unknown>) => {
    hands.stay.push({ kind, tribeId: idOf(row) })
    hands.names.push(nameOf(row))
  }
  const company = (use: (row: Record<string, unknown>) => void) => () => {
    const row = bare.shift()
    if (!row) return false
    use(row)
    stays('customer', row)
    return true
  }
  const silent = true
  const ways: (() => boolean)[] = [
    company((row) => crm.edit(idOf(row.Organization), { PhoneNumber: '777' }, quiet)),
    () => {
      const row = manned.shift()
      const [contact] = row ? contactsOf(row) : []
      if (!row || !contact) return false
      crm.edit(idOf(contact.Person), { MiddleName: 'Marie' }, quiet)
      stays('customer', row)
      stays('contactPerson', contact)
      return true
    },
    company((row) => crm.hasInvoice({ roleId: idOf(row), silent })),
    company((row) => crm.editAddress(idOf(row.Organization), 'InvoiceAddress', { City: 'MOSS' }, quiet)),
    () => {
      const row = named(crm.products(), /^Vare/).find((one) => !hands.names.includes(nameOf(one)))
      if (!row) return false
      crm.edit(idOf(row), { SalesPrice: 7 }, quiet)
      stays('product', row)
      return true
    },
    company((row) =>
      crm.hasContact({
        organizationId: idOf(row.Organization),
        person: { LastName: `Ny hos ${nameOf(row)}` },
        silent,
      }),
    ),
    () => {
      const row = named(crm.suppliers(), /^Leverandør/).find((one) => !hands.names.includes(nameOf(one)))
      if (!row) return false
      crm.edit(idOf(row.Organization), { Website: 'https://rørt.example' }, quiet)
      stays('supplier', row)
      return true
    },
    company((row) => crm.edit(idOf(row), { PaymentTermInDays: 30 }, quiet)),
    () => {
      const row = named(crm.customers(), /^Begge \d+ AS/).find((one) => !hands.names.includes(nameOf(one)))
      if (!row) return false
      crm.edit(idOf(row.Organization), { PhoneNumber: '888' }, quiet)
      stays('customer', row)
      return true
    },
  ]
  for (let way = 0; hands.count < count && way < 200; way++) if (ways[way % ways.length]?.()) hands.count++
  hands.names.push(...hands.names.map((name) => `Ola Ny hos ${name}`))
  return hands
}
