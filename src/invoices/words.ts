import type { SyncContext } from '../sync-step'

/** PowerOffice's words of a delivery, as they may be kept with the invoice: nobody is named in them. */

const MOST_LETTERS = 200
const EMAIL = /[^\s@,;<>"'()]+@[^\s@,;<>"'()]+/gu
/** Numbers of persons, phones and accounts; numbers of invoices and days are shorter. */
const LONG_NUMBER = /\+?\d(?:[ .]?\d){7,}/g

/** Null where nothing was said. One call, to know by which names the customer goes. */
export async function keepable(
  ctx: SyncContext,
  message: string | null,
  customerId: number | null,
): Promise<string | null> {
  if (message === null) return null
  const customer =
    customerId === null
      ? null
      : await ctx.powerOffice.findContact('customer', { id: String(customerId), parentId: null })
  const { Name, FirstName, LastName, MailAddress } = customer ?? {}
  const { AddressLine1, AddressLine2 } = MailAddress ?? {}
  return withoutNames(message, [Name, FirstName, LastName, AddressLine1, AddressLine2])
}

/** Pure. */
export function withoutNames(message: string, names: readonly (string | null | undefined)[]): string {
  const known = names.flatMap((name) => (name && name.trim().length > 1 ? [name.trim()] : []))
  const plain = message.replace(EMAIL, '…').replace(LONG_NUMBER, '…')
  const longestFirst = known.toSorted((a, b) => b.length - a.length)
  return longestFirst
    .reduce((text, name) => text.replaceAll(new RegExp(escaped(name), 'giu'), '…'), plain)
    .slice(0, MOST_LETTERS)
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
