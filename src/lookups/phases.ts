import type { SyncContext } from '../sync-step'

/**
 * Which of Tribe's phases mean that an invoice was sent, and which one that it is paid (tribe-api §6.2).
 * The admin says so in the settings; without a word the codes `Sent` and `Paid` count (contract).
 */
export interface Phases {
  /** An invoice in one of these was sent: also a reminder, and what comes after. */
  sent: ReadonlySet<string>
  paid: string | null
  /** Where an invoice goes back to when a payment is undone. */
  firstSent: string | null
}

interface Phase {
  id: string
  code: string | null
  name: string | null
}

export async function phasesOf(ctx: SyncContext): Promise<Phases> {
  const { tribe } = await ctx.lookups.get()
  return phasesFrom(tribe.invoicePhases, ctx.settings)
}

export function phasesFrom(
  phases: readonly Phase[],
  { invoices, payments }: Pick<SyncContext['settings'], 'invoices' | 'payments'>,
): Phases {
  const withCode = (code: string) => phases.filter((phase) => phase.code?.toLowerCase() === code)
  const chosen = invoices.sentPhaseIds
  const sent = chosen.length > 0 ? chosen : withCode('sent').map(({ id }) => id)
  const paid = payments.paidPhaseId ?? withCode('paid')[0]?.id ?? null
  const later = [...phases.filter(isReminder), ...withCode('credited')].map(({ id }) => id)
  return {
    sent: new Set([...sent, ...later, ...(paid === null ? [] : [paid])]),
    paid,
    firstSent: sent[0] ?? null,
  }
}

/** An invoice in a reminder's phase was sent (tribe-api §6.2); the codes are unknown, the words are not. */
const isReminder = ({ code, name }: Phase): boolean =>
  /remind|herinner|aanmaning|purring|påminn/i.test(`${code} ${name}`)
