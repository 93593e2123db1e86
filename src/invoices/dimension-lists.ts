import type { FactOf } from '../facts'
import { dayIn } from '../shared/dates'
import { carriable } from '../shared/texts'
import type { SyncContext } from '../sync-step'

/** The projects, departments and employees that an order can name, as PowerOffice had them when they were last read. */

export type DimensionKind = 'project' | 'department' | 'salesPerson'

/** Codes as they are; of employees only a fingerprint of the address. */
type KnownList = FactOf<`dimension:${string}`>

/** A list that was read so shortly before is good, for a burst of invoices: what it names is active, what is missing is not there. */
const FRESH_MS = 60_000
const nameOf = (kind: DimensionKind) => `dimension:${kind}` as const

/** The id of the active one that is called so; null when there is none, also in a list that was read just now. */
export async function findDimension(
  ctx: SyncContext,
  kind: DimensionKind,
  value: string,
): Promise<number | null> {
  const key = await keyOf(ctx, kind, value)
  const known = ctx.facts.get(nameOf(kind))
  const isUsable = known !== null && ctx.now() - known.at < FRESH_MS
  const list = isUsable ? known : await readAnew(ctx, kind)
  const found = list.ids[key]
  if (found !== undefined) return found
  if (ctx.now() - list.at < FRESH_MS) return null
  return (await readAnew(ctx, kind)).ids[key] ?? null
}

/** Neither capitals, nor kinds of blanks, nor how accents are encoded tell two apart. */
const spelled = (value: string) => carriable(value).normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase()
const keyOf = async (ctx: SyncContext, kind: DimensionKind, value: string): Promise<string> =>
  kind === 'salesPerson' ? ctx.fingerprint(spelled(value)) : spelled(value)

async function readAnew(ctx: SyncContext, kind: DimensionKind): Promise<KnownList> {
  const active = await activeOf(ctx, kind)
  const entries = await Promise.all(
    active
      .toReversed()
      .flatMap(({ id, name }) => (name ? [keyOf(ctx, kind, name).then((key) => [key, id] as const)] : [])),
  )
  const list: KnownList = { at: ctx.now(), ids: Object.fromEntries(entries) }
  ctx.facts.set(nameOf(kind), list)
  return list
}

async function activeOf(
  ctx: SyncContext,
  kind: DimensionKind,
): Promise<{ id: number; name: string | null | undefined }[]> {
  const today = dayIn(new Date(ctx.now()), 'Europe/Oslo')
  switch (kind) {
    case 'project':
      return (await ctx.powerOffice.projects())
        .filter(({ IsActive, ProjectStatus }) => IsActive !== false && ProjectStatus !== 'Archived')
        .map(({ Id, Code }) => ({ id: Id, name: Code }))
    case 'department':
      return (await ctx.powerOffice.departments())
        .filter(({ IsActive }) => IsActive !== false)
        .map(({ Id, Code }) => ({ id: Id, name: Code }))
    case 'salesPerson':
      return (await ctx.powerOffice.employees())
        .filter(
          ({ IsArchived, EndDate }) => IsArchived !== true && (!EndDate || EndDate.slice(0, 10) >= today),
        )
        .map(({ Id, EmailAddress }) => ({ id: Id, name: EmailAddress }))
    default:
      return kind satisfies never
  }
}

// ── What is missing ─────────────────────────────────────────────────────────

const MISSING = 'dimensions-missing'

/** An invoice waits for it: PowerOffice is asked with each poll until it has it. */
export async function noteMissing(ctx: SyncContext, kind: DimensionKind, value: string): Promise<void> {
  const key = await keyOf(ctx, kind, value)
  const missing = ctx.facts.get(MISSING) ?? {}
  ctx.facts.set(MISSING, { ...missing, [kind]: [...new Set([...(missing[kind] ?? []), key])] })
}

/** With each poll of PowerOffice's: invoices that wait for what is there by now go. Nothing is asked while none waits. */
export async function lookForMissing(ctx: SyncContext): Promise<void> {
  const missing = ctx.facts.get(MISSING)
  if (missing === null) return
  let isFound = false
  for (const [kind, keys] of Object.entries(missing) as [DimensionKind, string[]][]) {
    const { ids } = await readAnew(ctx, kind)
    isFound ||= keys.some((key) => ids[key] !== undefined)
  }
  if (!isFound) return
  // Those that still lack something note it again.
  ctx.facts.remove(MISSING)
  ctx.release(['invoice.dimension_unknown'])
}
