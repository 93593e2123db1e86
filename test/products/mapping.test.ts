import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Product as ProductInPowerOffice } from '../../src/poweroffice/schemas'
import {
  accountIdFor,
  salesAccountOf,
  unmappedInPowerOffice,
  unmappedInTribe,
} from '../../src/products/catalog'
import { PRODUCT_FIELDS, type Product, type ProductField } from '../../src/products/fields'
import {
  canonical,
  productFromPowerOffice,
  productFromTribe,
  productPatch,
  productToPowerOffice,
  productToTribe,
  withMembers,
} from '../../src/products/mapping'
import type { Product as ProductInTribe } from '../../src/tribe/schemas'
import { triesOf } from '../seeds/runs'
import { here, NOTHING, RATES, TERMS, there, vatId, withVat } from './lists'

const RUNS = triesOf(2000)
const groupIdOf = (name: string) => ({ Varer: 1, Tjenester: 2 })[name]
const tribeGroupIdOf = (name: string) => ({ Varer: 'group-1', Tjenester: 'group-2' })[name]

/** What PowerOffice holds once these fields of the product were sent. */
function sentToPowerOffice(
  product: Product,
  fields: readonly ProductField[],
  held: ProductInPowerOffice,
  vatGroupId: string | null = null,
): ProductInPowerOffice {
  return { ...held, ...productToPowerOffice(product, fields, TERMS, { groupIdOf, vatGroupId }) }
}

/** What Tribe holds once these fields of the product were sent. */
function sentToTribe(
  product: Product,
  fields: readonly ProductField[],
  held: ProductInTribe,
): ProductInTribe {
  const how = { groupIdOf: tribeGroupIdOf, salesAccountId: null }
  return withMembers(held, productToTribe(product, fields, held, TERMS, how), TERMS, product.group)
}

const text = fc.constantFrom('A', 'Lampe', 'LED-panel 40 W', 'Ærlig talt', "d'Or", 'x'.repeat(90))
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const decimals = (places: number) =>
  fc.integer({ min: 0, max: 99_999_999 }).map((units) => Number(`${units}e-${places}`))
const price = fc.oneof(decimals(2), decimals(4))
const rate = fc.constantFrom(...RATES)
/** A field that is not said here is a text. */
const TEXTS = Object.fromEntries(PRODUCT_FIELDS.map((field) => [field, maybe(text)]))
const products = fc.record({
  ...TEXTS,
  name: text,
  group: fc.constantFrom('Varer', 'Tjenester'),
  price: maybe(price),
  cost: maybe(price),
  vatCode: rate.map((percent) => `v${percent}`),
  unit: maybe(fc.constantFrom('EA', 'HUR')),
  isArchived: fc.boolean(),
}) as fc.Arbitrary<Product>

describe('a product, spelled by each system', () => {
  test('comes back from PowerOffice as it went there', () => {
    fc.assert(
      fc.property(products, (product) => {
        const held = sentToPowerOffice(product, PRODUCT_FIELDS, there())
        expect(productFromPowerOffice(held, TERMS)).toEqual(product)
      }),
      RUNS,
    )
  })

  test('comes back from Tribe as it went there', () => {
    fc.assert(
      fc.property(products, (product) => {
        expect(productFromTribe(sentToTribe(product, PRODUCT_FIELDS, here()), TERMS)).toEqual(product)
      }),
      RUNS,
    )
  })

  test('blank text is no text, and what is missing is nothing', () => {
    const blank = { Code: ' ', Name: '', Description: null }
    const none = { code: null, name: null, description: null, unit: null, price: null, cost: null }
    expect(productFromTribe({ ID: 't' }, TERMS)).toEqual(NOTHING)
    expect(productFromTribe({ ID: 't', ...blank }, TERMS)).toEqual(NOTHING)
    expect(productFromPowerOffice(there({ ...blank }), TERMS)).toMatchObject({ ...none, isArchived: false })
  })

  test('a price of nothing is not a price of 0', () => {
    expect(canonical({ ...NOTHING, price: 0 }).price).toBe('0')
    expect(canonical(NOTHING).price).toBeNull()
    expect(productFromPowerOffice(there({ UnitPrice: 0 }), TERMS).price).toBe(0)
    expect(productFromPowerOffice(there(), TERMS).price).toBeNull()
  })
})

describe('a price', () => {
  /** Both systems set each other right this many times; nothing may move. */
  const ROUNDS = 5

  test('with VAT in it stays what a user entered in Tribe, however often it travels', () => {
    fc.assert(
      fc.property(rate, price, (percent, gross) => {
        let tribe = here({ IsVatIncluded: true, SalesPrice: gross, VatGroup: withVat(percent) })
        let powerOffice = there()
        for (let round = 0; round < ROUNDS; round++) {
          powerOffice = sentToPowerOffice(productFromTribe(tribe, TERMS), PRODUCT_FIELDS, powerOffice)
          tribe = sentToTribe(productFromPowerOffice(powerOffice, TERMS), PRODUCT_FIELDS, tribe)
          expect(tribe.SalesPrice).toBe(gross)
        }
      }),
      RUNS,
    )
  })

  test('without VAT stays what a bookkeeper entered in PowerOffice, where Tribe keeps it with VAT', () => {
    fc.assert(
      fc.property(rate, price, (percent, net) => {
        let powerOffice = sentToPowerOffice(
          { ...NOTHING, name: 'x', price: net, vatCode: `v${percent}` },
          ['price', 'vatCode'],
          there(),
        )
        let tribe = here({ IsVatIncluded: true, SalesPrice: 1, VatGroup: withVat(0) })
        for (let round = 0; round < ROUNDS; round++) {
          tribe = sentToTribe(productFromPowerOffice(powerOffice, TERMS), PRODUCT_FIELDS, tribe)
          expect(productFromTribe(tribe, TERMS).price).toBe(net)
          powerOffice = sentToPowerOffice(productFromTribe(tribe, TERMS), PRODUCT_FIELDS, powerOffice)
          expect(powerOffice.UnitPrice).toBe(net)
        }
      }),
      RUNS,
    )
  })

  test('without VAT in both systems is one number', () => {
    fc.assert(
      fc.property(rate, price, (percent, net) => {
        const tribe = here({ SalesPrice: net, VatGroup: withVat(percent) })
        expect(productFromTribe(tribe, TERMS).price).toBe(net)
        expect(sentToPowerOffice(productFromTribe(tribe, TERMS), ['price'], there()).UnitPrice).toBe(net)
      }),
      RUNS,
    )
  })

  test('with VAT goes along when PowerOffice changes the VAT of the product: net stays', () => {
    fc.assert(
      fc.property(rate, rate, decimals(2), (before, after, net) => {
        const start = here({ IsVatIncluded: true, SalesPrice: 0, VatGroup: withVat(before) })
        const priced = sentToTribe({ ...NOTHING, price: net, vatCode: `v${before}` }, ['price'], start)
        const moved = sentToTribe({ ...NOTHING, price: net, vatCode: `v${after}` }, ['vatCode'], priced)
        expect(moved.VatGroup?.ID).toBe(vatId(after))
        expect(productFromTribe(moved, TERMS).price).toBe(net)
      }),
      RUNS,
    )
  })

  test('that Tribe has no value for stays empty when its VAT changes', () => {
    const held = here({ IsVatIncluded: true, VatGroup: withVat(25) })
    const moved = sentToTribe({ ...NOTHING, vatCode: 'v15' }, ['vatCode'], held)
    expect(moved.SalesPrice ?? null).toBeNull()
  })
})

describe('what PowerOffice is sent', () => {
  test('nothing, when all is as it is', () => {
    fc.assert(
      fc.property(products, (product) => {
        const held = sentToPowerOffice(product, PRODUCT_FIELDS, there())
        const members = productToPowerOffice(productFromPowerOffice(held, TERMS), PRODUCT_FIELDS, TERMS, {
          groupIdOf,
          vatGroupId: null,
        })
        expect(productPatch(members, held)).toEqual([])
      }),
      RUNS,
    )
  })

  test('only what differs, when something does', () => {
    const members = { Code: 'P7', Name: 'Lampe, stor', UnitPrice: null, UnitCost: 5 }
    expect(productPatch(members, there({ UnitPrice: 10, UnitCost: 5 }))).toEqual([
      { op: 'replace', path: '/Name', value: 'Lampe, stor' },
      { op: 'replace', path: '/UnitPrice', value: null },
    ])
    expect(productPatch({ Description: null, UnitPrice: undefined }, there())).toEqual([])
  })

  test('no account, when the product has no VAT group', () => {
    const members = productToPowerOffice(NOTHING, ['vatCode'], TERMS, { groupIdOf, vatGroupId: null })
    expect(members).toEqual({})
  })

  test('the account of its own VAT group, though another group goes by the same code', () => {
    const accountFor = (vatGroupId: string) =>
      productToPowerOffice({ ...NOTHING, vatCode: 'v25' }, ['vatCode'], TERMS, { groupIdOf, vatGroupId })
    expect(accountFor('vat-25')).toEqual({ StandardSalesAccountId: 303 })
    expect(accountFor('vat-25-services')).toEqual({ StandardSalesAccountId: 350 })
  })

  test.each([
    ['the account of the mapping', 'v25', null, 303],
    ['the account of another group with the code, when the group has another code', 'v25', 'vat-0', 303],
    ['any account that carries the code, when nobody mapped it', 'lonely', null, 399],
    ['none, when no account carries it', 'unheard-of', null, null],
  ])('%s', (_what, code, group, id) => {
    expect(accountIdFor(code, TERMS, group)).toBe(id)
  })

  test('the default ledger account goes first among those that nobody mapped', () => {
    expect(accountIdFor('v25', { ...TERMS, vat: [], defaultAccountNo: 3090 })).toBe(390)
    expect(accountIdFor('v25', { ...TERMS, vat: [], defaultAccountNo: 3000 })).toBe(303)
  })
})

describe('the VAT of a product of PowerOffice', () => {
  test.each([
    ['follows its own account', { StandardSalesAccountId: 301, ProductGroupId: 2 }, 'v12'],
    ['else that of its group', { ProductGroupId: 2 }, 'v25'],
    ['else the default ledger account', { ProductGroupId: 1 }, 'v0'],
    ['is nothing on an account that is not for sales', { StandardSalesAccountId: 8060 }, null],
    ['follows the default where the group is unknown', { ProductGroupId: 99 }, 'v0'],
  ])('%s', (_what, fields, code) => {
    expect(productFromPowerOffice(there(fields), TERMS).vatCode).toBe(code)
  })

  test('is nothing without an account anywhere', () => {
    expect(salesAccountOf(there(), { ...TERMS, defaultAccountNo: null })).toBeUndefined()
  })
})

describe('what Tribe is sent', () => {
  const tribeOf = (product: Partial<Product>, fields: ProductField[], held: ProductInTribe, account = 0) =>
    productToTribe({ ...NOTHING, ...product }, fields, held, TERMS, {
      groupIdOf: tribeGroupIdOf,
      salesAccountId: account,
    })

  test('the unit that it has stays, when several stand for the code', () => {
    const held = here({ Unit: { ID: 'unit-st' } })
    expect(tribeOf({ unit: 'EA' }, ['unit'], held)).toEqual({ Unit: { ID: 'unit-st' } })
    expect(tribeOf({ unit: 'EA' }, ['unit'], here())).toEqual({ Unit: { ID: 'unit-pcs' } })
    expect(tribeOf({ unit: 'HUR' }, ['unit'], held)).toEqual({ Unit: { ID: 'unit-hr' } })
    expect(tribeOf({ unit: null }, ['unit'], held)).toEqual({ Unit: null })
  })

  test('the VAT group that it has stays, when several stand for the code; else the sales account says which', () => {
    const services = here({ VatGroup: { ID: 'vat-25-services', Percentage: 25 } })
    expect(tribeOf({ vatCode: 'v25' }, ['vatCode'], services)).toEqual({
      VatGroup: { ID: 'vat-25-services' },
    })
    expect(tribeOf({ vatCode: 'v25' }, ['vatCode'], here(), 350)).toEqual({
      VatGroup: { ID: 'vat-25-services' },
    })
    expect(tribeOf({ vatCode: 'v25' }, ['vatCode'], here(), 303)).toEqual({ VatGroup: { ID: 'vat-25' } })
    expect(tribeOf({ vatCode: 'v25' }, ['vatCode'], here(), 390)).toEqual({ VatGroup: { ID: 'vat-25' } })
    expect(tribeOf({ vatCode: null }, ['vatCode'], services)).toEqual({ VatGroup: null })
  })

  test('a price with VAT at the rate that the product will have', () => {
    const held = here({ IsVatIncluded: true, SalesPrice: 125, VatGroup: withVat(25) })
    expect(tribeOf({ price: 100, vatCode: 'v15' }, ['price', 'vatCode'], held)).toEqual({
      SalesPrice: 115,
      VatGroup: { ID: 'vat-15' },
    })
    expect(tribeOf({ price: 200, vatCode: 'v25' }, ['price'], held)).toEqual({ SalesPrice: 250 })
    expect(tribeOf({ price: 100 }, ['vatCode'], held)).toEqual({ SalesPrice: 100, VatGroup: null })
  })

  test('a group that is there by its id, and none when it has none', () => {
    expect(tribeOf({ group: 'Varer' }, ['group'], here())).toEqual({ ProductGroup: { ID: 'group-1' } })
    expect(tribeOf({ group: null }, ['group'], here())).toEqual({ ProductGroup: null })
  })
})

describe('what nobody has mapped', () => {
  test.each([
    ['nothing of a product without unit and VAT group', here(), null],
    ['a unit, by its name', here({ Unit: { ID: 'u', Name: 'Favn', Code: 'fv' } }), ['unit.unmapped', 'Favn']],
    ['a unit without a name, by its code', here({ Unit: { ID: 'u', Code: 'fv' } }), ['unit.unmapped', 'fv']],
    ['a VAT group', here({ VatGroup: { ID: 'v', Name: 'NL - 21%' } }), ['vat.unmapped', 'NL - 21%']],
    ['a VAT group that says nothing of itself', here({ VatGroup: { ID: 'v' } }), ['vat.unmapped', 'v']],
    ['nothing that is mapped', here({ Unit: { ID: 'unit-st' }, VatGroup: withVat(21) }), null],
  ])('in Tribe: %s', (_what, product, expected) => {
    const unmapped = unmappedInTribe(product, TERMS)
    expect(unmapped && [unmapped.code, unmapped.value]).toEqual(expected)
  })

  test.each([
    ['a unit', { unit: 'XBE' }, ['unit.unmapped', 'XBE']],
    ['a VAT code', { vatCode: '52' }, ['vat.unmapped', '52']],
    ['nothing that is mapped', { unit: 'EA', vatCode: 'v6' }, null],
    ['nothing of a product without either', {}, null],
  ])('in PowerOffice: %s', (_what, fields, expected) => {
    const unmapped = unmappedInPowerOffice({ ...NOTHING, ...fields }, TERMS)
    expect(unmapped && [unmapped.code, unmapped.value]).toEqual(expected)
  })
})
