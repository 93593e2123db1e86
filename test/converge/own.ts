import type { FieldMapping } from '../../src/shared/own-fields'
import type { SyncContext } from '../../src/sync-step'
import type { TribeOptions } from '../fakes/tribe'
import type { Dice } from '../platform/dice'
import type { Scene } from './scene'

/** Fields that an admin mapped: two of most kinds, both ways. */

const own = (letter: string) => `${letter.repeat(8)}__844e__4399__9142__2d960441a391`
const CUSTOMER_SET = 'Relationship_Organization_CommercialRelationship_Customer'
const SUPPLIER_SET = 'Relationship_Organization_Supplier'
const CONTACT_SET = 'Relationship_Person_Contact_Standard'

export const OWN = {
  reason: own('a'),
  rate: own('b'),
  scan: own('c'),
  legal: own('d'),
  title: own('e'),
  gtin: own('f'),
  stock: `_1${own('a').slice(1)}`,
} as const

export const OWN_FIELDS = {
  Relation_Organization: { [OWN.reason]: 'string', [OWN.scan]: 'string', [OWN.legal]: 'string' },
  [CUSTOMER_SET]: { [OWN.rate]: 'double' },
  Relation_Person: { [OWN.title]: 'string' },
  Product: { [OWN.gtin]: 'string', [OWN.stock]: 'boolean' },
} satisfies TribeOptions['customFields']

const ROWS = [
  { record: 'customer', tribeField: OWN.reason, powerOfficeField: 'JobStopReason', direction: 'both' },
  { record: 'customer', tribeField: OWN.rate, powerOfficeField: 'BillableRate', direction: 'both' },
  { record: 'supplier', tribeField: OWN.scan, powerOfficeField: 'ScanId', direction: 'both' },
  { record: 'supplier', tribeField: OWN.legal, powerOfficeField: 'LegalName', direction: 'both' },
  { record: 'contactPerson', tribeField: OWN.title, powerOfficeField: 'Title', direction: 'both' },
  { record: 'product', tribeField: OWN.gtin, powerOfficeField: 'Gtin', direction: 'both' },
  { record: 'product', tribeField: OWN.stock, powerOfficeField: 'IsStockItem', direction: 'both' },
] as const
export const OWN_ROWS = ROWS.map((row) => ({ ...row }))

const OWN_NAMES: ReadonlySet<string> = new Set(ROWS.map(({ powerOfficeField }) => powerOfficeField))
/** By the name that it goes by for all records that share it. */
export const isOwn = (field: string) => OWN_NAMES.has(field.split('.').at(-1) ?? '')

const PLACES: Readonly<Record<string, { of: string; via: string; set: string }>> = {
  [OWN.reason]: { of: CUSTOMER_SET, via: 'Organization', set: 'Relation_Organization' },
  [OWN.rate]: { of: CUSTOMER_SET, via: '', set: CUSTOMER_SET },
  [OWN.scan]: { of: SUPPLIER_SET, via: 'Organization', set: 'Relation_Organization' },
  [OWN.legal]: { of: SUPPLIER_SET, via: 'Organization', set: 'Relation_Organization' },
  [OWN.title]: { of: CONTACT_SET, via: 'Person', set: 'Relation_Person' },
  [OWN.gtin]: { of: 'Product', via: '', set: 'Product' },
  [OWN.stock]: { of: 'Product', via: '', set: 'Product' },
}
const typeOf = (name: string) => {
  if (name === OWN.rate) return 'number'
  return name === OWN.stock ? 'boolean' : 'text'
}

const MAPPINGS: readonly FieldMapping[] = ROWS.map((row) => ({
  ...row,
  tribeType: typeOf(row.tribeField),
  powerOfficeType: typeOf(row.tribeField),
  places: [{ ...(PLACES[row.tribeField] ?? { of: '', via: '', set: '' }), name: row.tribeField, list: null }],
}))

/** As much of a context as the rows of a kind ask for. */
export const rowsIn = ({ hasOwn }: Pick<Scene, 'hasOwn'>): SyncContext =>
  ({ fields: { working: hasOwn ? MAPPINGS : [] } }) as unknown as SyncContext

const text = (world: Scene, dice: Dice, word: string) => (dice.is(0.15) ? null : world.unique(word))

type Fields = Record<string, () => unknown>

/** What users edit besides, in either system; nothing where nothing is mapped. */
export const ownHere = {
  organization: (world: Scene, dice: Dice): Fields =>
    world.hasOwn
      ? {
          [OWN.reason]: () => text(world, dice, 'Grunn '),
          [OWN.scan]: () => text(world, dice, 'S'),
          [OWN.legal]: () => text(world, dice, 'Juridisk '),
        }
      : {},
  customerRole: (world: Scene): Fields => (world.hasOwn ? { [OWN.rate]: () => world.count() + 0.25 } : {}),
  contactPerson: (world: Scene, dice: Dice): Fields =>
    world.hasOwn ? { [OWN.title]: () => text(world, dice, 'Tittel ') } : {},
  product: (world: Scene, dice: Dice): Fields =>
    world.hasOwn ? { [OWN.gtin]: () => text(world, dice, '70'), [OWN.stock]: () => dice.is(0.5) } : {},
}
export const ownThere = {
  customer: (world: Scene, dice: Dice): Fields =>
    world.hasOwn
      ? { JobStopReason: () => text(world, dice, 'grunn '), BillableRate: () => world.count() + 0.5 }
      : {},
  supplier: (world: Scene, dice: Dice): Fields =>
    world.hasOwn
      ? { ScanId: () => text(world, dice, 's'), LegalName: () => text(world, dice, 'juridisk ') }
      : {},
  contactPerson: (world: Scene, dice: Dice): Fields =>
    world.hasOwn ? { Title: () => text(world, dice, 'tittel ') } : {},
  product: (world: Scene, dice: Dice): Fields =>
    world.hasOwn ? { Gtin: () => text(world, dice, '71'), IsStockItem: () => dice.is(0.5) } : {},
}
