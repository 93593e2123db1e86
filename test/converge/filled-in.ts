import type { TribeOptions } from '../fakes/tribe'
import type { Dice } from '../platform/dice'
import type { LinkRow } from './model'
import { OWN } from './own'

/** What Tribe fills in by itself, in some of the runs: nothing that a user enters. */

/** PowerOffice has a term for it. */
export const FILLED_IN_DAYS = 160
const FILLED_IN: TribeOptions['defaults'] = {
  'Relationship_Organization_CommercialRelationship.PaymentTermInDays': FILLED_IN_DAYS,
  'Relationship_Person_CommercialRelationship.PaymentTermInDays': FILLED_IN_DAYS,
  'Relation_Organization.Website': 'https://ukjent.example',
  'Relation_Person.PhoneNumber': '00',
  'Relationship_Person_Contact.PhoneNumber': '00',
  'Product.Unit': 'pcs',
  'Product.Description': 'Ny vare',
  'Product.SalesPrice': 0,
  'Product.PurchasePrice': 0,
}
const OF_OWN: TribeOptions['defaults'] = {
  [`Relation_Organization.${OWN.reason}`]: 'Ukjent grunn',
  [`Relationship_Organization_CommercialRelationship_Customer.${OWN.rate}`]: 0.125,
  [`Relation_Person.${OWN.title}`]: 'Uten tittel',
  [`Product.${OWN.gtin}`]: '000',
}

export const filledInBy = (dice: Dice, hasOwn: boolean): TribeOptions['defaults'] =>
  dice.is(0.4) ? { ...FILLED_IN, ...(hasOwn ? OF_OWN : {}) } : {}

const TEXTS = new Set([...Object.values({ ...FILLED_IN, ...OF_OWN }).map(String), 'EA'])

/** No user enters it there: what is counted on may come to those days in another field. */
export const isTribes = (field: string, value: string | null): boolean =>
  value !== null && TEXTS.has(value) && (value !== String(FILLED_IN_DAYS) || field.endsWith('paymentDays'))

/** Tribe has filled it in where PowerOffice has nothing, and the relay knows that nobody entered it. */
export const isFilledIn = (
  link: LinkRow | undefined,
  field: string,
  { tribe, powerOffice }: Readonly<Record<'tribe' | 'powerOffice', string | null>>,
): boolean => powerOffice === null && isTribes(field, tribe) && link?.bases[field]?.[2] === 'stand-in'
