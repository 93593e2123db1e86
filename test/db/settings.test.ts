import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SettingsChange, TenantSettings, withChange } from '../../src/db/settings'

const DEFAULTS = TenantSettings.parse({})

test('a new tenant has all parts on, and invoices come as drafts', () => {
  expect(DEFAULTS).toEqual({
    relations: {
      enabled: true,
      suppliers: true,
      contactPersons: true,
      privatePersons: true,
      financialFields: true,
    },
    products: { enabled: true },
    invoices: {
      enabled: true,
      mode: 'draft',
      sentPhaseIds: [],
      roundingAccountNo: null,
      delivery: 'leave',
      attachments: 'none',
      pdfToTribe: true,
    },
    payments: { enabled: true, paidPhaseId: null },
    defaultSalesAccountNo: null,
    conflictPolicy: 'poweroffice',
    keepBefore: { days: 0 },
    alerts: { webhookUrl: null, email: null },
    events: { url: null },
  })
})

test('what a newer version has stored is passed over', () => {
  const newer = { ...DEFAULTS, colour: 'red', invoices: { ...DEFAULTS.invoices, stamp: true } }
  expect(TenantSettings.parse(newer)).toEqual(DEFAULTS)
})

describe('a change', () => {
  test('of nothing changes nothing', () => {
    expect(withChange(DEFAULTS, {})).toEqual(DEFAULTS)
    const parts = ['relations', 'products', 'invoices', 'payments', 'keepBefore', 'alerts', 'events']
    const empty = SettingsChange.parse(Object.fromEntries(parts.map((part) => [part, {}])))
    const busy = withChange(DEFAULTS, { keepBefore: { days: 7 }, relations: { suppliers: false } })
    expect(withChange(busy, empty)).toEqual(busy)
  })

  test('of one switch leaves its neighbours as they are', () => {
    const busy = withChange(DEFAULTS, {
      relations: { suppliers: false, financialFields: false },
      invoices: { mode: 'send', sentPhaseIds: ['p1', 'p2'], delivery: 'rule', pdfToTribe: false },
      conflictPolicy: 'newest',
    })
    const changed = withChange(busy, { relations: { contactPersons: false }, invoices: { mode: 'book' } })
    expect(changed).toEqual({
      ...busy,
      relations: { ...busy.relations, contactPersons: false },
      invoices: { ...busy.invoices, mode: 'book' },
    })
  })

  test('can take back what was set', () => {
    const set = withChange(DEFAULTS, {
      defaultSalesAccountNo: 3000,
      payments: { paidPhaseId: 'p9' },
      invoices: { sentPhaseIds: ['p1'] },
    })
    expect(set).toMatchObject({ defaultSalesAccountNo: 3000, payments: { paidPhaseId: 'p9' } })
    const unset = withChange(set, {
      defaultSalesAccountNo: null,
      payments: { paidPhaseId: null },
      invoices: { sentPhaseIds: [] },
    })
    expect(unset).toEqual(DEFAULTS)
  })

  test('does not touch the settings that it is laid over', () => {
    const before = structuredClone(DEFAULTS)
    withChange(DEFAULTS, { relations: { enabled: false }, invoices: { sentPhaseIds: ['p1'] } })
    expect(DEFAULTS).toEqual(before)
  })

  test('made twice is made once, and changes nothing but what it names', () => {
    const flag = fc.boolean()
    const id = fc.string({ minLength: 1 })
    const change: fc.Arbitrary<SettingsChange> = fc
      .record(
        {
          relations: fc.record(
            { enabled: flag, suppliers: flag, financialFields: flag },
            { requiredKeys: [] },
          ),
          products: fc.record({ enabled: flag }, { requiredKeys: [] }),
          invoices: fc.record(
            { enabled: flag, mode: fc.constantFrom('draft', 'book', 'send'), sentPhaseIds: fc.array(id) },
            { requiredKeys: [] },
          ),
          payments: fc.record({ enabled: flag, paidPhaseId: fc.option(id) }, { requiredKeys: [] }),
          defaultSalesAccountNo: fc.option(fc.integer({ min: 1, max: 99_999 })),
          conflictPolicy: fc.constantFrom('poweroffice', 'tribe', 'newest'),
        },
        { requiredKeys: [] },
      )
      .map((given) => SettingsChange.parse(given))
    fc.assert(
      fc.property(change, change, (first, second) => {
        const before = withChange(DEFAULTS, first)
        const after = withChange(before, second)
        expect(withChange(after, second)).toEqual(after)
        expect(after).toMatchObject(second)
        expect(TenantSettings.parse(JSON.parse(JSON.stringify(after)))).toEqual(after)
        for (const part of ['relations', 'products', 'invoices', 'payments'] as const)
          expect(after[part]).toEqual({ ...before[part], ...second[part] })
        if (!('conflictPolicy' in second)) expect(after.conflictPolicy).toBe(before.conflictPolicy)
      }),
    )
  })
})

describe('what is no setting is refused', () => {
  test.each([
    ['a name with a slip', { relatoins: { enabled: true } }],
    ['a switch that is not there', { relations: { customers: true } }],
    ['a switch that is a text', { products: { enabled: 'yes' } }],
    ['a way to send that is not there', { invoices: { mode: 'fax' } }],
    ['a phase without a name', { invoices: { sentPhaseIds: [''] } }],
    ['an account that is no number', { defaultSalesAccountNo: '3000' }],
    ['an account with decimals', { defaultSalesAccountNo: 3000.5 }],
    ['account nought', { defaultSalesAccountNo: 0 }],
    ['a policy that is not there', { conflictPolicy: 'oldest' }],
    ['null where there is no empty', { conflictPolicy: null }],
  ])('%s', (_, change) => {
    expect(SettingsChange.safeParse(change).success).toBe(false)
  })
})
