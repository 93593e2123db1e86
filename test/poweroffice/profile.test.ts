import { describe, expect, test } from 'vitest'
import type { PowerOffice } from '../../src/poweroffice/client'
import { missingPrivileges, type PowerOfficeProfile, probePowerOffice } from '../../src/poweroffice/profile'

const EVERYTHING = [
  ...['Customer_Full', 'Supplier_Full', 'CommonServices', 'Product_Full', 'GeneralLedgerAccount'],
  ...['SalesOrders_Full', 'OutgoingInvoice', 'CustomerLedger'],
]

const profileWith = (valid: readonly string[], invalid: readonly string[] = []): PowerOfficeProfile => ({
  clientId: 'c',
  clientName: 'Acme AS',
  validPrivileges: [...valid],
  invalidPrivileges: [...invalid],
  canSend: true,
})
const without = (...roles: string[]) => EVERYTHING.filter((role) => !roles.includes(role))
const namesOf = (profile: PowerOfficeProfile) => missingPrivileges(profile).map(({ privilege }) => privilege)

describe('what a PowerOffice client lacks', () => {
  test('is nothing when it has all that the parts need', () => {
    expect(missingPrivileges(profileWith(EVERYTHING))).toEqual([])
    expect(missingPrivileges(profileWith([...EVERYTHING, 'Payroll_Full']))).toEqual([])
  })

  test('is the right to post vouchers where these are wanted, and nowhere else', () => {
    expect(missingPrivileges(profileWith(EVERYTHING), { vouchers: true })).toMatchObject([
      { privilege: 'OutgoingInvoiceVoucher_Full', part: 'vouchers' },
    ])
    const all = profileWith([...EVERYTHING, 'OutgoingInvoiceVoucher_Full'])
    expect(missingPrivileges(all, { vouchers: true })).toEqual([])
  })

  test('is no right to sales orders where invoices are posted as vouchers', () => {
    const vouchersAlone = profileWith([...without('SalesOrders_Full'), 'OutgoingInvoiceVoucher_Full'])
    expect(missingPrivileges(vouchersAlone, { vouchers: true })).toEqual([])
    expect(namesOf(vouchersAlone)).toEqual(['SalesOrders_Full'])
  })

  test.each([
    ['Customer_Full', 'relations'],
    ['Supplier_Full', 'suppliers'],
    ['CommonServices', 'financialFields'],
    ['Product_Full', 'products'],
    ['GeneralLedgerAccount', 'products'],
    ['SalesOrders_Full', 'invoices'],
    ['OutgoingInvoice', 'payments'],
    ['CustomerLedger', 'payments'],
  ])('is %s, which the part %s needs', (privilege, part) => {
    const [lacking, ...others] = missingPrivileges(profileWith(without(privilege)))
    expect(others).toEqual([])
    expect(lacking).toMatchObject({ privilege, part })
    expect(lacking?.neededFor).toMatch(/^[a-zA-Z, ]+$/)
    expect(lacking?.fix).toContain(privilege)
    expect(lacking?.fix).toContain('go-api@poweroffice.no')
  })

  test.each(['CommonServices', 'GeneralLedgerAccount', 'OutgoingInvoice', 'CustomerLedger'])(
    'is not %s when it has the full form, which reads too',
    (privilege) => {
      expect(namesOf(profileWith([...without(privilege), `${privilege}_Full`]))).toEqual([])
    },
  )

  test.each(['Customer_Full', 'Supplier_Full', 'Product_Full', 'SalesOrders_Full'])(
    'is %s when it may only read: the relay writes these',
    (privilege) => {
      const readOnly = privilege.replace('_Full', '')
      expect(namesOf(profileWith([...without(privilege), readOnly]))).toEqual([privilege])
    },
  )

  test('is a module of PowerOffice Go when the integration has the right and the client cannot use it', () => {
    const [lacking] = missingPrivileges(profileWith(without('SalesOrders_Full'), ['SalesOrders_Full']))
    expect(lacking?.fix).toContain('order the module in Go')
    expect(lacking?.fix).not.toContain('go-api@poweroffice.no')
    const [full] = missingPrivileges(profileWith(without('CustomerLedger'), ['CustomerLedger_Full']))
    expect(full?.fix).toContain('order the module in Go')
  })

  test('is everything when it has nothing, each named once', () => {
    expect(namesOf(profileWith([]))).toEqual(EVERYTHING)
  })
})

describe('what PowerOffice says of a client', () => {
  const probed = (said: object, organizationId: string | null = null) =>
    probePowerOffice({
      clientInformation: async () => said,
      organizationId: async () => organizationId,
    } as unknown as PowerOffice)

  test('is kept', async () => {
    const said = {
      ClientId: 'c',
      ClientName: 'Acme AS',
      AllowSendInvoice: true,
      ValidPrivileges: ['Customer_Full'],
      InvalidPrivileges: ['Product_Full'],
    }
    expect(await probed(said)).toEqual({
      clientId: 'c',
      clientName: 'Acme AS',
      canSend: true,
      validPrivileges: ['Customer_Full'],
      invalidPrivileges: ['Product_Full'],
    })
  })

  test('is named by its organisation where the client has no id', async () => {
    expect(await probed({}, 'o')).toMatchObject({ clientId: 'o' })
    expect(await probed({ ClientId: ' ' }, 'o')).toMatchObject({ clientId: 'o' })
    expect(await probed({ ClientId: 'c' }, 'o')).toMatchObject({ clientId: 'c' })
  })

  test('may be little: then it can do nothing, and cannot send', async () => {
    const nothing = {
      clientId: '',
      clientName: '',
      canSend: false,
      validPrivileges: [],
      invalidPrivileges: [],
    }
    expect(await probed({})).toEqual(nothing)
    const nulls = { ClientId: null, ClientName: null, ValidPrivileges: null, InvalidPrivileges: null }
    expect(await probed({ ...nulls, AllowSendInvoice: null })).toEqual(nothing)
  })
})
