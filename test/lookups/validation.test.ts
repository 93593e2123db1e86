import { describe, expect, test } from 'vitest'
import { checkUnits, completeVat, GAP_MESSAGES, gapsIn, isInForce } from '../../src/lookups/validation'
import { ACCOUNTS, account, lists, unit, vatGroup } from './lists'

describe('units that are mapped', () => {
  const known = lists({ units: [unit('u1', 'pcs', 'Piece'), unit('u2', 'hr', 'Hour')] })
  const good = { tribeUnitId: 'u1', powerOfficeUnit: 'EA' }

  test('are taken when both systems have them; two may stand for one code', () => {
    expect(checkUnits([good, { tribeUnitId: 'u2', powerOfficeUnit: 'EA' }], known)).toBeNull()
    expect(checkUnits([], known)).toBeNull()
  })

  test.each([
    ['Tribe does not have', { tribeUnitId: 'u9', powerOfficeUnit: 'EA' }, 'mapping.unit_unknown', /u9/],
    [
      'PowerOffice does not have',
      { tribeUnitId: 'u2', powerOfficeUnit: 'XYZ' },
      'mapping.unit_code_unknown',
      /XYZ/,
    ],
    [
      'comes in another spelling',
      { tribeUnitId: 'u2', powerOfficeUnit: 'ea' },
      'mapping.unit_code_unknown',
      /ea/,
    ],
    ['is there twice', good, 'mapping.twice', /u1/],
  ])('are refused by the first entry that %s', (_what, bad, code, message) => {
    expect(checkUnits([good, bad, { tribeUnitId: '?', powerOfficeUnit: '?' }], known)).toEqual({
      index: 1,
      code,
      message: expect.stringMatching(message),
    })
  })
})

describe('VAT groups that are mapped', () => {
  const known = lists({ vatGroups: [vatGroup('v25', 25), vatGroup('v15', 15), vatGroup('v0', 0)] })
  const entry = (tribeVatGroupId: string, powerOfficeVatCode: string, salesAccountNo?: number) => ({
    tribeVatGroupId,
    powerOfficeVatCode,
    ...(salesAccountNo === undefined ? {} : { salesAccountNo }),
  })
  const good = entry('v0', '5', 3100)

  test('keep the account that is named', () => {
    expect(completeVat([entry('v25', '3', 3050)], known, 3000)).toEqual([
      {
        tribeVatGroupId: 'v25',
        powerOfficeVatCode: '3',
        salesAccountNo: 3050,
        salesAccountId: 303_050,
      },
    ])
  })

  test('get the default ledger account where that carries the code', () => {
    expect(completeVat([entry('v25', '3')], known, 3050)).toMatchObject([{ salesAccountNo: 3050 }])
  })

  test('get the only account that carries the code, archived ones aside', () => {
    expect(completeVat([entry('v15', '31')], known, 3000)).toMatchObject([{ salesAccountNo: 3010 }])
  })

  test.each([
    ['Tribe does not have', entry('v9', '3'), 'mapping.vat_group_unknown', /v9/],
    ['is there twice', entry('v0', '6', 3200), 'mapping.twice', /v0/],
    ['has a code that PowerOffice does not have', entry('v25', '7'), 'mapping.vat_code_unknown', /"7"/],
    ['names an account that is none', entry('v25', '3', 4300), 'mapping.account_unknown', /4300/],
    ['names an archived account', entry('v15', '31', 3900), 'mapping.account_archived', /3900/],
    ['names an account with another code', entry('v15', '31', 3000), 'mapping.account_has_other_vat', /3000/],
    ['leaves a choice of accounts', entry('v25', '3'), 'mapping.account_ambiguous', /salesAccountNo/],
  ])('are refused by the first entry that %s', (_what, bad, code, message) => {
    expect(completeVat([good, bad, entry('?', '?')], known, null)).toEqual({
      index: 1,
      code,
      message: expect.stringMatching(message),
    })
  })

  test('are refused when no active account carries the code', () => {
    const without = lists({ vatGroups: [vatGroup('v25', 25)] }, [account(3000, '3', false)])
    expect(completeVat([entry('v25', '3')], without, 3000)).toMatchObject({
      index: 0,
      code: 'mapping.account_missing',
    })
  })
})

describe('gaps', () => {
  const mapped = (tribeVatGroupId: string, accountNo: number, powerOfficeVatCode: string) => ({
    tribeVatGroupId,
    powerOfficeVatCode,
    salesAccountNo: accountNo,
    salesAccountId: 300_000 + accountNo,
  })

  test('there are none where all that is in use is mapped', () => {
    const known = lists({
      units: [unit('u1', 'pcs', 'Piece', true), unit('u2', 'hr', 'Hour')],
      vatGroups: [vatGroup('v25', 25, { inUse: true }), vatGroup('v9', 9)],
    })
    const units = [{ tribeUnitId: 'u1', powerOfficeUnit: 'EA' }]
    expect(gapsIn(known, units, [mapped('v25', 3000, '3')])).toEqual([])
  })

  test('are units and VAT groups in use that nobody mapped, by their names', () => {
    const known = lists({
      units: [unit('u1', 'pcs', 'Piece', true), unit('u2', 'x', null, true)],
      vatGroups: [vatGroup('v21', 21, { inUse: true, name: 'NL - 21%' })],
    })
    expect(gapsIn(known, [], [])).toEqual([
      { code: 'unit.unmapped', tribeId: 'u1', name: 'Piece' },
      { code: 'unit.unmapped', tribeId: 'u2', name: 'x' },
      { code: 'vat.unmapped', tribeId: 'v21', name: 'NL - 21%' },
    ])
  })

  test.each([
    ['gone', [account(3050, '3')]],
    ['archived', [account(3000, '3', false)]],
    ['with another VAT code', [account(3000, '31')]],
  ])('are mappings whose account is %s, in use or not', (_what, accounts) => {
    const known = lists({ vatGroups: [vatGroup('v25', 25)] }, accounts)
    expect(gapsIn(known, [], [mapped('v25', 3000, '3')])).toMatchObject([{ code: 'vat.account_gone' }])
  })

  test('are not what was mapped and is no more in Tribe', () => {
    expect(gapsIn(lists({}, ACCOUNTS), [], [mapped('deleted', 3000, '3')])).toEqual([])
  })

  test('say what to do', () => {
    for (const message of Object.values(GAP_MESSAGES)) expect(message('Kilo')).toMatch(/"Kilo".*map/)
  })
})

test.each([
  ['has no end', {}, true],
  ['begins today', { ValidFrom: '2026-03-02' }, true],
  ['begins tomorrow', { ValidFrom: '2026-03-03T00:00:00' }, false],
  ['ends today', { ValidTo: '2026-03-02T00:00:00' }, true],
  ['ended yesterday', { ValidTo: '2026-03-01' }, false],
  ['is switched off', { IsActive: false }, false],
  ['says nothing of when', { ValidFrom: null, IsActive: null }, true],
])('a VAT code that %s is in force or not', (_, change, inForce) => {
  expect(isInForce({ Code: '3', ValidFrom: '2005-01-01', ValidTo: null, ...change }, '2026-03-02')).toBe(
    inForce,
  )
})
