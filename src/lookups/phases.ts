import type { SyncContext } from '../sync-step'
import type { Lookups } from './lookups'

/**
 * Which of Tribe's phases mean that an invoice was sent, and which one that it is paid (tribe/API.md §6.2).
 * The admin says so in the settings; without a word the codes `Sent` and `Paid` count.
 */
export interface Phases {
  /** An invoice in one of these was sent: also a reminder, and what comes after. */
  sent: ReadonlySet<string>
  paid: string | null
  /** Where an invoice goes back to when a payment is undone. */
  firstSent: string | null
  /** What the settings name and Tribe does not have any more: nothing is sent or paid by it. */
  gone: ReadonlySet<string>
  /** False of a phase that Tribe does not have. */
  isThere(id: string): boolean
  /** False: Tribe shows no phases at all just now. */
  isListed: boolean
}

interface Phase {
  id: string
  code: string | null
  name: string | null
}

/** What was missing still when the list was read anew for it. */
const LOOKED_FOR = 'phases-looked-for'

/** As Tribe's list says, which is up to a day old: what the settings name and it lacks may be new, and is looked for once. */
export async function phasesOf(ctx: SyncContext): Promise<Phases> {
  const from = ({ tribe }: Lookups) => phasesFrom(tribe.invoicePhases, ctx.settings)
  const phases = from(await ctx.lookups.get())
  const missing = [...phases.gone].toSorted().join(' ')
  if (missing === '' || ctx.facts.get(LOOKED_FOR) === missing) return phases
  ctx.facts.set(LOOKED_FOR, missing)
  return from(await ctx.lookups.refresh())
}

export function phasesFrom(
  phases: readonly Phase[],
  { invoices, payments }: Pick<SyncContext['settings'], 'invoices' | 'payments'>,
): Phases {
  const withCode = (code: string) => phases.filter((phase) => phase.code?.toLowerCase() === code)
  const { sentPhaseIds } = invoices
  const { paidPhaseId } = payments
  const gone = goneOf(phases, paidPhaseId === null ? sentPhaseIds : [...sentPhaseIds, paidPhaseId])
  const sent =
    sentPhaseIds.length > 0
      ? sentPhaseIds.filter((id) => !gone.has(id))
      : withCode('sent').map(({ id }) => id)
  // Another one by its code in place of the chosen one would be our choice, and nobody's word.
  const chosen = paidPhaseId ?? withCode('paid')[0]?.id ?? null
  const paid = chosen === null || gone.has(chosen) ? null : chosen
  const later = [...phases.filter(isReminder), ...withCode('credited')].map(({ id }) => id)
  return {
    sent: new Set([...sent, ...later, ...(paid === null ? [] : [paid])]),
    paid,
    firstSent: sent[0] ?? null,
    gone,
    isThere: (id) => goneOf(phases, [id]).size === 0,
    isListed: phases.length > 0,
  }
}

/** Which of these Tribe does not have. Without any phase, the module is off or may not be seen: nobody can tell. */
export const goneOf = (phases: readonly Pick<Phase, 'id'>[], ids: readonly string[]): Set<string> =>
  new Set(phases.length === 0 ? [] : ids.filter((id) => !phases.some((phase) => phase.id === id)))

/** An invoice in a reminder's phase was sent (tribe/API.md §6.2); the codes are unknown, the words are not. */
const isReminder = ({ code, name }: Phase): boolean =>
  /remind|herinner|aanmaning|purring|påminn/i.test(`${code} ${name}`)
