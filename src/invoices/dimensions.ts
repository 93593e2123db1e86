import { restingAmong, workingAmong } from '../lookups/field-watch'
import { ApiError, SyncError } from '../shared/errors'
import type { FieldMapping } from '../shared/own-fields'
import type { SyncContext } from '../sync-step'
import { INVOICE, setOfType } from '../tribe/sets'
import { refusal } from './diagnose'
import { type DimensionKind, findDimension, noteMissing } from './dimension-lists'
import { type Invoice, isText } from './invoice'
import { waitFor } from './waiters'

/**
 * Project, department and sales person of an order and its lines, from whichever fields of Tribe's the admin mapped: of
 * the invoice, else of its customer, for the whole; of a line's product, for that line. Without a row nothing is read.
 */

/** Members of an order, and of its lines by their ids. */
export interface Dimensions {
  head: Record<string, number>
  lines: ReadonlyMap<string, Record<string, number>>
}

const NONE: Dimensions = { head: {}, lines: new Map() }

const KINDS: Readonly<Record<string, DimensionKind>> = {
  'order.project': 'project',
  'order.department': 'department',
  'order.salesPerson': 'salesPerson',
}
export const DIMENSION_ROWS = Object.keys(KINDS)
/** How an order spells them, and how its lines do. */
const MEMBERS = {
  project: 'ProjectId',
  department: 'DepartmentId',
  salesPerson: 'SalesPersonEmployeeId',
} as const
const LINE_MEMBERS = { ...MEMBERS, salesPerson: 'SellersReferenceEmployeeId' } as const

/** Throws `invoice.dimension_unknown` where a field names what PowerOffice does not have, or not as active. */
export async function dimensionsOf(ctx: SyncContext, invoice: Invoice): Promise<Dimensions> {
  const mapped = ctx.fields.rows.filter(({ powerOfficeField }) => KINDS[powerOfficeField] !== undefined)
  if (mapped.length === 0) return NONE
  const resting = restingAmong(ctx, mapped)
  const rows = mapped.filter((row) => !resting.includes(row))
  try {
    return await read(ctx, invoice, rows)
  } catch (thrown) {
    // A field that Tribe does not have any more: its row rests, and the others say what they say.
    if (!(thrown instanceof ApiError) || thrown.status !== 400) throw thrown
    const working = await workingAmong(ctx, rows)
    if (working.length === rows.length) throw thrown
    return read(ctx, invoice, working)
  }
}

async function read(ctx: SyncContext, invoice: Invoice, rows: readonly FieldMapping[]): Promise<Dimensions> {
  const { customer } = invoice
  const of = (record: FieldMapping['record']) => rows.filter((row) => row.record === record)
  const products = new Map(
    invoice.lines.flatMap((line) => (line.product && !isText(line) ? [[line.id, line.product.id]] : [])),
  )
  const said = {
    invoice: await valuesOf(ctx, INVOICE, [invoice.id], of('invoice')),
    customer: await valuesOf(
      ctx,
      setOfType(customer?.type ?? ''),
      customer ? [customer.id] : [],
      of('customer'),
    ),
    product: await valuesOf(ctx, 'Product', [...new Set(products.values())], of('product')),
  }
  const named = async (record: 'invoice' | 'customer' | 'product', id: string, kind: DimensionKind) => {
    const value = said[record].get(id)?.[kind]
    return value === undefined ? null : idOf(ctx, invoice, { record, id, kind, value })
  }
  const head: Record<string, number> = {}
  const lines = new Map<string, Record<string, number>>()
  for (const kind of Object.values(KINDS)) {
    const found =
      (await named('invoice', invoice.id, kind)) ??
      (customer ? await named('customer', customer.id, kind) : null)
    if (found !== null) head[MEMBERS[kind]] = found
    for (const [lineId, productId] of products) {
      const own = await named('product', productId, kind)
      if (own !== null) lines.set(lineId, { ...lines.get(lineId), [LINE_MEMBERS[kind]]: own })
    }
  }
  return { head, lines }
}

type Said = ReadonlyMap<string, Partial<Record<DimensionKind, string>>>

/** What the mapped fields of these records say, in one call. */
async function valuesOf(
  ctx: SyncContext,
  set: string,
  ids: readonly string[],
  rows: readonly FieldMapping[],
): Promise<Said> {
  const placed = rows.flatMap((row) => {
    const place = row.places.find(({ of }) => of === set)
    return place ? [{ kind: KINDS[row.powerOfficeField], place }] : []
  })
  if (ids.length === 0 || placed.length === 0) return new Map()
  const read = await ctx.tribe.membersOf(
    set,
    ids,
    placed.map(({ place }) => place),
  )
  return new Map(
    [...read].map(([id, values]) => [
      id,
      Object.fromEntries(
        placed.flatMap(({ kind }, index) => {
          const text = String(values[index] ?? '').trim()
          return kind === undefined || text === '' ? [] : [[kind, text]]
        }),
      ),
    ]),
  )
}

const CALLED = { project: 'project', department: 'department', salesPerson: 'sales person' } as const

interface Named {
  record: 'invoice' | 'customer' | 'product'
  id: string
  kind: DimensionKind
  value: string
}

async function idOf(ctx: SyncContext, invoice: Invoice, { record, id, kind, value }: Named): Promise<number> {
  try {
    const found = await findDimension(ctx, kind, value)
    if (found !== null) return found
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.status !== 403) throw thrown
    const message = `PowerOffice does not let the integration read its ${CALLED[kind]}s: ask for the right, or remove the row`
    throw new SyncError('field.not_allowed', 'data', message)
  }
  // Whichever is mended, it goes by itself: the invoice by its own event, the others by theirs, PowerOffice by the next poll.
  if (record !== 'invoice') waitFor(ctx, record, id, invoice.id)
  await noteMissing(ctx, kind, value)
  throw refusal('invoice.dimension_unknown', `${CALLED[kind]} "${value}"`)
}
