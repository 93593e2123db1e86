import type { SyncContext } from '../sync-step'
import { type Base, type Bases, type BothPrints, standInsAmong } from './merge'

/**
 * What the CRM fills in by itself, by type of record: learned of records that nobody has edited since the relay made them,
 * and known again in others.
 */
export const filledIn = ({ facts }: SyncContext, type: string, field: string): string | undefined =>
  facts.get(`filled-in:${type}`)?.[field]

export function learnFilledIn(ctx: SyncContext, type: string, field: string, print: string): void {
  const name = `filled-in:${type}` as const
  if (filledIn(ctx, type, field) !== print) ctx.facts.set(name, { ...ctx.facts.get(name), [field]: print })
}

/** What the answer to a create shows of fields that the books leave empty. */
export function standInsOfMade(
  ctx: SyncContext,
  type: string,
  fields: readonly string[],
  prints: BothPrints,
): Bases {
  const standIns = standInsAmong(fields, prints)
  for (const field of Object.keys(standIns)) learnFilledIn(ctx, type, field, prints.crm[field] ?? '')
  return standIns
}

/**
 * Stand-ins among fields that were never compared, of a record that the relay made in the CRM: what was filled in while they
 * were off or not mapped. It gives way to what the books say, whatever the policy. Where nothing is known of the pair (no
 * `bases`), what nobody has edited may be what was sent, and is one only if the CRM is known to fill it in.
 */
export function standInsMet<Row extends { readonly name: string }>(
  ctx: SyncContext,
  type: string,
  { bases, crm, books }: BothPrints & { bases: Bases | undefined },
  rows: readonly Row[],
  isAsMade: (row: Row) => boolean,
): Bases {
  const met: Record<string, Base> = {}
  for (const row of rows) {
    const { name } = row
    const held = crm[name] ?? ''
    if (bases?.[name] !== undefined || held === '' || held === (books[name] ?? '')) continue
    const known = filledIn(ctx, type, name)
    const isSure = bases && isAsMade(row)
    if (isSure && known === undefined) learnFilledIn(ctx, type, name, held)
    if (isSure || known === held) met[name] = [held, '', 'stand-in']
  }
  return met
}
