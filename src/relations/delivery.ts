import type { Contact } from '../poweroffice/schemas'
import type { ApiError } from '../shared/errors'
import { SyncError } from '../shared/errors'
import { isNorwegianOrganizationNumber } from '../shared/organization-number'
import { isAboutItsNumbers, isRefusal } from '../shared/refusals'
import { recordIn, recordSubject } from '../shared/subjects'
import type { SyncContext } from '../sync-step'
import type { Relation, RelationField } from './fields'
import type { RelationType } from './kinds'

/**
 * How a customer that the relay makes gets its invoices, where the admin wants that decided: EHF with a Norwegian
 * organisation number, else by e-mail, else on paper. Who is registered to receive EHF only PowerOffice finds out,
 * by refusing the rest. What a customer has that is there already is the bookkeeper's.
 */

export type Delivery = 'EHF' | 'PdfByEmail' | 'Print'

const isRuled = (ctx: SyncContext, { kind }: RelationType): boolean =>
  kind === 'customer' && ctx.settings.invoices.delivery === 'rule'

/** Of what is sent of the relation. Pure. */
export function deliveryFor(
  relation: Relation,
  sent: readonly RelationField[],
  { isEhfRefused }: { isEhfRefused: boolean },
): Delivery {
  const has = (field: RelationField) => sent.includes(field) && relation[field] !== null
  const number = has('organizationNumber') ? relation.organizationNumber : null
  if (!isEhfRefused && isNorwegianOrganizationNumber(number)) return 'EHF'
  return has('invoiceEmail') || has('email') ? 'PdfByEmail' : 'Print'
}

export interface Deliveries<T> {
  /** Makes it with its delivery type; one call more where EHF is what is refused. */
  make(sent: readonly RelationField[]): Promise<T>
  /** What it was made with; null: nobody decided. */
  made(): Delivery | null
}

/** For one relation that is being made. `blame`: the fields of it that a refusal names. */
export function deliveriesOf<T>(
  ctx: SyncContext,
  { type, relation }: { type: RelationType; relation: Relation },
  blame: (refusal: ApiError, sent: readonly RelationField[]) => readonly RelationField[],
  create: (sent: readonly RelationField[], members: { InvoiceDeliveryType?: Delivery }) => Promise<T>,
): Deliveries<T> {
  let isEhfRefused = false
  let last: Delivery | null = null
  const make = async (sent: readonly RelationField[]): Promise<T> => {
    if (!isRuled(ctx, type)) return create(sent, {})
    last = deliveryFor(relation, sent, { isEhfRefused })
    try {
      return await create(sent, { InvoiceDeliveryType: last })
    } catch (thrown) {
      if (last !== 'EHF' || !isRefusal(thrown) || !isAboutEhf(thrown, blame(thrown, sent))) throw thrown
      isEhfRefused = true
      return make(sent)
    }
  }
  return { make, made: () => last }
}

/** A refusal that names nothing is taken to mean it: most companies that are refused are not registered. */
function isAboutEhf(refusal: ApiError, blamed: readonly RelationField[]): boolean {
  if (isAboutItsNumbers(refusal)) return false
  const words = [...refusal.members, refusal.said ?? ''].join(' ')
  return /InvoiceDeliveryType|\bEHF\b|\bELMA\b/i.test(words) || blamed.length === 0
}

const TOLD = 'delivery'

/** Stands among the problems until its cause ends or somebody sets it aside. */
export function tellPaperOnly(ctx: SyncContext, roleId: string, delivery: Delivery | null): void {
  if (delivery !== 'Print') return
  const message =
    'The customer cannot be delivered electronically: PowerOffice takes no EHF for it, and it has no e-mail address. Its invoices are printed, until somebody enters an address and chooses e-mail in PowerOffice: this is over then, or when it is set aside with "try again"'
  ctx.park(
    { kind: TOLD, subject: recordSubject('tribe', roleId), lane: 'bulk' },
    new SyncError('relation.not_electronic', 'data', message),
  )
}

/**
 * What was told of customers on paper is over once a bookkeeper has chosen another way, as these rows of PowerOffice's say,
 * once the customer is none any more, and once nobody wants the rule. While nothing is told it costs nothing.
 */
export async function endPaperOnly(ctx: SyncContext, rows: readonly Contact[]): Promise<void> {
  const told = ctx.parkedOf(TOLD)
  if (told.length === 0) return
  if (ctx.settings.invoices.delivery !== 'rule') return ctx.settle(TOLD, told)
  const links = await ctx.links.amongTribe(
    'customer',
    told.map((subject) => recordIn(subject).id),
  )
  const ways = new Map(
    rows.map(({ Id, InvoiceDeliveryType }) => [String(Id), InvoiceDeliveryType ?? 'Print']),
  )
  const over = links.filter(
    ({ state, powerOfficeId }) => state !== 'linked' || (ways.get(powerOfficeId) ?? 'Print') !== 'Print',
  )
  ctx.settle(
    TOLD,
    over.map(({ tribeId }) => recordSubject('tribe', tribeId)),
  )
}
