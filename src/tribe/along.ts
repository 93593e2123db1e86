import { madeUnnamed } from '../shared/errors'
import { isRefusal } from '../shared/refusals'
import { isRecord } from './choices'
import type { Address, Written } from './schemas'
import { ADDRESS, ORGANIZATION, PERSON, SHAPES } from './sets'

/**
 * A change may give a company or person an address. Whether Tribe makes one along with a change is not known (API.md §2.7):
 * where it does not, the address is made by itself, and linked.
 */

interface Parts {
  change: (set: string, id: string, fields: Record<string, unknown>) => Promise<Written | null>
  create: (fields: Record<string, unknown>) => Promise<Written | null>
  remove: (addressId: string) => Promise<unknown>
  /** All addresses that belong to it, by the link that leads there. */
  addressesOf: (link: string, id: string) => Promise<readonly Address[]>
  holdersOf: (addressId: string) => Promise<readonly string[]>
  notes: Map<string, unknown>
}

/** By which link an address says whose it is (API.md §5.8). */
const BACK: Readonly<Record<string, string>> = { [ORGANIZATION]: 'Organization', [PERSON]: 'Person' }
const ALONE = 'tribe:makes-addresses-alone'

/** The address that is to be made along with a change. */
export function newAddressIn(set: string, fields: Record<string, unknown>) {
  const isAddress = (name: string) => SHAPES[set]?.along[name]?.set === ADDRESS
  for (const [name, members] of Object.entries(fields))
    if (isAddress(name) && isRecord(members) && !('ID' in members)) return { name, members }
  return null
}

/** A change that gives an address, in one call or in three. */
export async function changeWithAddress(
  { change, create, remove, addressesOf, holdersOf, notes }: Parts,
  { set, id, fields }: { set: string; id: string; fields: Record<string, unknown> },
  { name, members }: { name: string; members: Record<string, unknown> },
): Promise<Written | null> {
  let refusal: unknown = null
  if (!notes.has(ALONE))
    try {
      return await change(set, id, fields)
    } catch (thrown) {
      if (!isRefusal(thrown)) throw thrown
      refusal = thrown
    }
  const addressId = await madeAlone()
  try {
    const answer = await change(set, id, { ...fields, [name]: { ID: addressId } })
    notes.set(ALONE, true)
    return answer
  } catch (thrown) {
    // Something else was refused: what is written next begins anew.
    if (isRefusal(thrown)) await remove(addressId)
    throw thrown
  }

  async function madeAlone(): Promise<string> {
    const link = BACK[set] ?? 'Organization'
    const left = await leftOver(link)
    if (left !== null) return left
    try {
      const made = await create({ ...members, [link]: { ID: id } })
      const found = made?.ID ?? (await leftOver(link))
      if (found !== null) return found
    } catch (thrown) {
      // It is the address itself that Tribe does not take.
      throw isRefusal(thrown) && refusal !== null ? refusal : thrown
    }
    throw madeUnnamed('an address')
  }

  /** An earlier run may have made it, and not lived to link it. */
  async function leftOver(link: string): Promise<string | null> {
    for (const address of await addressesOf(link, id))
      if (saysTheSame(address, members) && (await holdersOf(address.ID)).length === 0) return address.ID
    return null
  }
}

function saysTheSame(address: Address, members: Record<string, unknown>): boolean {
  const idOf = (value: unknown) => (isRecord(value) ? value.ID : (value ?? ''))
  return Object.entries(members).every(([name, value]) => idOf(address[name]) === idOf(value))
}

const PLACES = [
  [ORGANIZATION, ['InvoiceAddress', 'VisitingAddress', 'PostalAddress']],
  [PERSON, ['Address']],
] as const

/** The organisations and persons that have this address, in whichever place. */
export async function holdersOfAddress(
  addressId: string,
  named: (set: string, name: string) => { path: string } | null,
  idsWhere: (set: string, filter: string) => Promise<string[]>,
): Promise<string[]> {
  const holders: string[] = []
  for (const [set, places] of PLACES) {
    const terms = places.flatMap((place) => {
      const known = named(set, place)
      return known ? [`${known.path}/ID eq ${addressId}`] : []
    })
    if (terms.length > 0) holders.push(...(await idsWhere(set, terms.join(' or '))))
  }
  return holders
}
