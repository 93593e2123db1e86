import type { FactOf } from '../facts'
import type { Product as PowerOfficeProduct } from '../poweroffice/schemas'
import { SyncError } from '../shared/errors'
import { recordIn, recordSubject } from '../shared/subjects'
import { DONE, type Step, type SyncContext, TRY_AGAIN } from '../sync-step'
import type { Product as TribeProduct } from '../tribe/schemas'
import { lookAlone } from '../two-way/link'
import { vatCodeOf } from './catalog'
import { type Catalog, catalogFor } from './lists'
import { areProductsOn } from './sweeps'

/**
 * Linked products that stand on an account to which their VAT group was mapped before. They are told, and changed on
 * the admin's word alone: books that were kept in one way change their way by nobody's accident. Any other account is a
 * bookkeeper's own choice, and nothing is said of it.
 */

/** By the id of a VAT group of Tribe's: the ids of accounts that it was mapped to. */
const FORMER = 'former-accounts'
type Former = FactOf<'former-accounts'>

/** The job that stands for one product; nobody but an admin sets it off. */
const KIND = 'account'
const jobFor = (tribeId: string) =>
  ({ kind: KIND, subject: recordSubject('tribe', tribeId), lane: 'bulk' }) as const

/** The account that a product should be on by now; null when it stands where it may. Pure. */
export function accountDue(
  tribe: TribeProduct,
  powerOffice: PowerOfficeProduct,
  { catalog, former }: { catalog: Catalog; former: Former },
): { id: number; no: number } | null {
  const groupId = tribe.VatGroup?.ID ?? ''
  const mapping = catalog.vat.find((one) => one.tribeVatGroupId === groupId)
  const held = powerOffice.StandardSalesAccountId ?? null
  if (!mapping || held === null || held === mapping.salesAccountId) return null
  // Another VAT code is a change of the product itself, and travels as one.
  if (catalog.faulty.vatGroups.has(groupId) || vatCodeOf(powerOffice, catalog) !== mapping.powerOfficeVatCode)
    return null
  if (!former[groupId]?.includes(held)) return null
  return { id: mapping.salesAccountId, no: mapping.salesAccountNo }
}

/** Tells of a linked pair, both sides of which are at hand, or ends what was told of it. No call. */
export async function lookAtAccount(
  ctx: SyncContext,
  tribe: TribeProduct,
  powerOffice: PowerOfficeProduct,
): Promise<void> {
  const former = ctx.facts.get(FORMER)
  if (!former) return
  const due = accountDue(tribe, powerOffice, { catalog: await catalogFor(ctx, powerOffice), former })
  if (due) ctx.park(jobFor(tribe.ID), differs(due.no))
  else if (ctx.parkedOf(KIND).includes(recordSubject('tribe', tribe.ID)))
    ctx.settle(KIND, [recordSubject('tribe', tribe.ID)])
}

/**
 * The job `accounts`: a VAT group was mapped to another account. The subject is `tribe:group:account`, with the one that
 * it was mapped to before. Two lists are read, once for each change.
 */
export const noteFormerAccount: Step = async (ctx, { id }) => {
  const { id: groupId, detail: accountId } = recordIn(id)
  const former = ctx.facts.get(FORMER) ?? {}
  const its = new Set([...(former[groupId] ?? []), Number(accountId)])
  ctx.facts.set(FORMER, { ...former, [groupId]: [...its] })
  // Its first load is still to come: it takes the account of now.
  if (!areProductsOn(ctx) || ctx.facts.get('initial-sync')) return DONE
  const isFormer = ({ StandardSalesAccountId }: PowerOfficeProduct) => its.has(StandardSalesAccountId ?? 0)
  const rows = (await allProducts(ctx)).filter(isFormer)
  const told = new Set(ctx.parkedOf(KIND))
  if (rows.length === 0 && told.size === 0) return DONE
  const pairs = new Map((await ctx.links.pairs('product')).map((pair) => [pair.powerOfficeId, pair.tribeId]))
  const byId = new Map((await ctx.tribe.allProducts()).map((product) => [product.ID, product]))
  for (const row of rows) {
    const product = byId.get(pairs.get(String(row.Id)) ?? '')
    if (product) await lookAtAccount(ctx, product, row)
  }
  return DONE
}

async function allProducts(ctx: SyncContext): Promise<PowerOfficeProduct[]> {
  const all: PowerOfficeProduct[] = []
  for (let page = 1; ; page++) {
    const read = await ctx.powerOffice.products({ page, pageSize: 5000, orderBy: 'Id asc' })
    all.push(...read.rows)
    if (read.isLast) return all
  }
}

/** The job `account`: an admin wants the product on the account of now. One look at either side, and one change. */
export const changeAccount: Step = async (ctx, { id, hint }) => {
  const { id: tribeId } = recordIn(id)
  const former = ctx.facts.get(FORMER)
  if (!areProductsOn(ctx) || !former) return DONE
  return lookAlone(ctx, tribeId, async () => {
    const link = await ctx.links.findByTribe('product', tribeId)
    if (link?.state !== 'linked') return DONE
    const tribe = await ctx.tribe.findProduct(tribeId)
    const powerOffice = tribe && (await ctx.powerOffice.findProduct(link.powerOfficeId))
    if (!tribe || !powerOffice) return DONE
    const due = accountDue(tribe, powerOffice, { catalog: await catalogFor(ctx, powerOffice), former })
    if (!due) return DONE
    if (hint !== TRY_AGAIN) throw differs(due.no)
    const change = { op: 'replace', path: '/StandardSalesAccountId', value: due.id } as const
    await ctx.powerOffice.patchProduct(link.powerOfficeId, [change])
    return DONE
  })
}

const differs = (accountNo: number) =>
  new SyncError(
    'product.account_differs',
    'data',
    `The product stands on an account in PowerOffice that its VAT group was mapped to before, and not on ${accountNo}: "try again" moves it there`,
  )
