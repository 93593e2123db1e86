import type { TownTenant } from '../platform/town'

/**
 * How a world ends, as lines that two versions can be compared by: each record of both systems with what it says and
 * what it hangs on, and each problem. Ids, numbers that a system gives in its turn, and moments are left out.
 */

type Data = Record<string, unknown>

const GUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi
/** As PowerOffice counts entries, vouchers and invoices; what the script writes is shorter, or a telephone's. */
const LONG_NUMBER = /(?<!\+47 |\d)(\d{9}|1\d{4})(?!\d)/g
const MOMENT = /^\d{4}-\d\d-\d\dT/
const OURS = /^(relay|poweroffice):.*$/
/** What a record is called, by the first that it has. */
const NAMES = [
  'Subject',
  'LastName',
  'Name',
  'PurchaseOrderReference',
  'Description',
  'Street',
  'Code',
] as const

const textOf = (row: Data): string | undefined =>
  NAMES.map((name) => row[name])
    .find((value): value is string => typeof value === 'string' && value !== '')
    ?.replace(LONG_NUMBER, '#')

export function endOf(tenant: TownTenant, problems: readonly Data[]): string[] {
  const labels = labelsOf(tenant)
  const told = problems.map(
    ({ code, kind, remedy, tribeId, powerOfficeId }) =>
      `problem ${code} ${kind} ${remedy} ${labels.get(String(tribeId)) ?? '-'} ${labels.get(String(powerOfficeId)) ?? '-'}`,
  )
  return [...tribe(tenant, labels), ...powerOffice(tenant, labels), ...told].toSorted()
}

type Labels = ReadonlyMap<string, string>

/** Each id → what users call that record. */
function labelsOf({ crm, books }: TownTenant): Labels {
  const labels = new Map<string, string>()
  const rows = crm.core.store.all()
  for (const { id, fields } of rows) {
    const text = textOf(fields)
    if (text) labels.set(id, text)
  }
  // A role is called what its relation is called, a line by its invoice.
  for (let depth = 0; depth < 2; depth++)
    for (const { id, links } of rows) {
      const [link] = ['Organization', 'Person', 'Activity', 'Invoice', 'Entity'].flatMap(
        (name) => links[name] ?? [],
      )
      if (!labels.has(id) && link && labels.has(link)) labels.set(id, `of ${labels.get(link)}`)
    }
  const there = [...books.customers(), ...books.suppliers(), ...books.contactPersons(), ...books.products()]
  const more = [
    ...books.productGroups(),
    ...books.postedInvoices(),
    ...books.salesOrders(),
    ...books.paymentTerms.all(),
  ]
  for (const row of [...there, ...more]) labels.set(String(row.Id), textOf(row as unknown as Data) ?? '?')
  return labels
}

// ── Tribe ───────────────────────────────────────────────────────────────────

/** A company's number is its own. */
const VERBATIM = /^(OrganizationNumber|VATNumber|VatNumber|PhoneNumber)$/
const NUMBERS = /^(ID|Number|DebtorNumber|CreditorNumber|Data)$/

function tribe({ crm }: TownTenant, labels: Labels): string[] {
  return crm.core.store
    .all()
    .filter(({ type }) => !type.name.startsWith('Datastore_'))
    .map(({ type, fields, links }) => {
      const said = Object.entries(fields).map(([name, value]) => [name, plain(name, value, labels)])
      const tied = Object.entries(links).map(([name, id]) => [name, `→ ${labels.get(id) ?? '?'}`])
      return lineOf(`Tribe ${type.name}`, [...said, ...tied])
    })
}

// ── PowerOffice ─────────────────────────────────────────────────────────────

function powerOffice({ books }: TownTenant, labels: Labels): string[] {
  const lists: readonly (readonly [string, readonly object[]])[] = [
    ['Customer', books.customers()],
    ['Supplier', books.suppliers()],
    ['ContactPerson', books.contactPersons()],
    ['Product', books.products()],
    ['ProductGroup', books.productGroups()],
    ['SalesOrder', books.salesOrders()],
    ['Invoice', books.postedInvoices()],
    ['LedgerEntry', books.ledgerEntries()],
  ]
  return lists.flatMap(([what, rows]) =>
    rows.map((row) => lineOf(`PowerOffice ${what}`, Object.entries(shown(row as Data, labels)))),
  )
}

const shown = (row: Data, labels: Labels): Data =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(name, value, labels)]))

// ── Both ────────────────────────────────────────────────────────────────────

/** A value as far as it is not the id of something, a number that was next, or a moment. */
function plain(name: string, value: unknown, labels: Labels): unknown {
  if (value === null || value === undefined || value === '') return null
  if (Array.isArray(value)) return value.map((one) => plain(name, one, labels))
  if (typeof value === 'object') return shown(value as Data, labels)
  if (VERBATIM.test(name)) return value
  if (NUMBERS.test(name) || /(^Id|No|Cid|Reference.*Id)$/.test(name)) return '#'
  if (/Ids?$/.test(name)) return `→ ${labels.get(String(value)) ?? '?'}`
  if (typeof value !== 'string') return value
  if (OURS.test(value)) return value.split(':')[0]
  if (MOMENT.test(value)) return 'a moment'
  return value.replace(GUID, '#').replace(LONG_NUMBER, '#')
}

const lineOf = (what: string, members: readonly (readonly unknown[])[]) =>
  `${what} ${JSON.stringify(Object.fromEntries(members.filter(([, value]) => value !== null).toSorted() as [string, unknown][]))}`

/** Lines of each that the other has not, as often as it has them. */
export function between(
  one: readonly string[],
  other: readonly string[],
): { onlyOne: string[]; onlyOther: string[] } {
  return { onlyOne: without(one, other), onlyOther: without(other, one) }
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1)
  return lines.filter((line) => {
    const count = left.get(line) ?? 0
    left.set(line, count - 1)
    return count <= 0
  })
}
