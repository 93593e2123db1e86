import { Product as ProductInPowerOffice } from '../../../src/poweroffice/schemas'
import { rowsOf } from '../../../src/products/link'
import type { Catalog } from '../../../src/products/lists'
import { canonical, productFromPowerOffice, productFromTribe } from '../../../src/products/mapping'
import { roundTo } from '../../../src/shared/money'
import { Lookup, Product as ProductInTribe } from '../../../src/tribe/schemas'
import type { Found, Kind, Values } from '../kind'
import type { Side, Twin } from '../model'
import { importedIdIn as idIn } from '../names'
import { rowsIn } from '../own'
import type { Scene } from '../scene'

/** Products, as this test reads them: past the APIs, by the relay's own mapping. */

/** Tribe's units and VAT groups, by code, and what they are in PowerOffice. */
export const UNITS = { pcs: 'EA', hr: 'HUR', kg: 'KGM', box: 'BX' } as const
export const VAT = {
  NO25: { code: '3', accountNo: 3000 },
  NO15: { code: '31', accountNo: 3010 },
  NO12: { code: '33', accountNo: 3020 },
  NO0: { code: '5', accountNo: 3100 },
} as const
/** Of each list, one that nobody mapped. */
export const UNMAPPED_UNIT = { tribe: 'min', powerOffice: 'XBE' } as const
export const DEFAULT_ACCOUNT_NO = 3000

export function mappingsOf(world: Scene): Pick<Catalog, 'units' | 'vat'> {
  const { crm, books } = world
  return {
    units: Object.entries(UNITS).map(([code, powerOfficeUnit]) => ({
      tribeUnitId: crm.lookupId('Datastore_Unit', code),
      powerOfficeUnit,
    })),
    vat: Object.entries(VAT).map(([group, { code, accountNo }]) => ({
      tribeVatGroupId: crm.lookupId('Datastore_VatGroup', group),
      powerOfficeVatCode: code,
      salesAccountNo: accountNo,
      salesAccountId: books.accountNo(accountNo).Id,
    })),
  }
}

function catalogIn(world: Scene): Catalog {
  const { crm, books } = world
  return {
    ...mappingsOf(world),
    vatGroups: crm.vatGroups.map((row) => Lookup.parse(row)),
    tribeUnits: [],
    accounts: books.accounts.all(),
    defaultAccountNo: DEFAULT_ACCOUNT_NO,
    powerOfficeGroups: books.productGroups(),
    faulty: { vatGroups: new Set(), units: new Set(), isDefaultGone: false },
    tribeGroups: [],
  }
}

export function productHere(world: Scene, twin: Twin): ProductInTribe | null {
  const found = twin.tribeId === null ? null : world.crm.get(twin.tribeId, 'Unit,VatGroup,ProductGroup')
  return found && ProductInTribe.parse(found)
}

export function productThere(world: Scene, twin: Twin): ProductInPowerOffice | null {
  const found = twin.powerOfficeId === null ? null : world.books.product(Number(twin.powerOfficeId))
  return found && ProductInPowerOffice.parse(found)
}

function read(world: Scene, twin: Twin, side: Side): Values | null {
  const here = side === 'tribe' ? productHere(world, twin) : null
  const there = side === 'powerOffice' ? productThere(world, twin) : null
  const rows = rowsOf(rowsIn(world))
  if (here) return canonical(productFromTribe(here, catalogIn(world), rows), rows)
  return there && canonical(productFromPowerOffice(there, catalogIn(world), rows), rows)
}

function all(world: Scene, side: Side): Found[] {
  if (side === 'powerOffice')
    return world.books.products().map(({ Id, Code }) => ({
      id: String(Id),
      counterpart: null,
      // Those that stand for lines without a product are PowerOffice's alone.
      isHidden: Code?.startsWith('RELAY-VAT-') ?? false,
    }))
  return world.crm.products().map((row) => {
    const { ID, ImportId } = ProductInTribe.parse(row)
    return { id: ID, counterpart: idIn('product', ImportId), isHidden: false }
  })
}

/** A product with a unit that nobody mapped waits as a whole; so does one that was archived to and fro within the hour. */
function excuses(world: Scene, twin: Twin) {
  const isUnmapped =
    productHere(world, twin)?.Unit?.Code === UNMAPPED_UNIT.tribe ||
    productThere(world, twin)?.UnitOfMeasureCode === UNMAPPED_UNIT.powerOffice
  const subjects = [`tribe:${twin.tribeId}`, `powerOffice:${twin.powerOfficeId}`]
  const isStopped =
    twin.about.hasBeenInactive &&
    world.relay.jobs
      .problems(100)
      .some((job) => job.code === 'product.flapping' && subjects.includes(job.subject))
  const fields = rowsOf(rowsIn(world)).map(({ name }) => name)
  return [
    ...(isUnmapped ? fields.map((field) => ({ code: 'unit.unmapped', field })) : []),
    ...(isStopped ? fields.map((field) => ({ code: 'product.flapping', field })) : []),
  ]
}

function belongs(world: Scene, twin: Twin, side: Side): boolean | 'maybe' {
  // What only one system had before the relay came stays there until somebody touches it.
  if (twin.isDormant && side === 'powerOffice') return 'maybe'
  if ((twin.about.hasBeenInactive || twin.about.isUnseen) && side === 'powerOffice') return 'maybe'
  return excuses(world, twin).length > 0 ? 'maybe' : true
}

/** PowerOffice puts what has no group into its own; a price with VAT has four decimals at most. */
function common(world: Scene, _twin: Twin, field: string, value: string | null): string | null {
  // What Tribe does not say is no.
  if (field === 'IsStockItem') return value ?? 'false'
  if (value === null) return null
  if (field === 'price') return String(roundTo(Number(value), 3))
  const { books } = world
  const standard = books.productGroups().find((group) => group.Id === books.defaultProductGroupId)
  return field === 'group' && value === standard?.Name ? null : value
}

export const PRODUCT: Kind = {
  name: 'product',
  read,
  all,
  sharedName: (field) => field,
  common,
  withoutBase: new Set(),
  excuses,
  belongs,
}
