import { describe, expect, test } from 'vitest'
import { POWEROFFICE_UNITS, proposeUnits, proposeVat } from '../../src/lookups/proposals'
import { ACCOUNTS, account, lists, unit, vatGroup } from './lists'

/** poweroffice/API.md §6.9. */
const CODES = `BX MTR KMT KGM EA LTR HUR DAY MTK MTQ TNE MON ANN QAN NL XRO XBA XPL XPC PR XCI XBG SET XTY XOF FTK
  KWH MWH LBR CMT DMT LM XPK GRM HGM XFL XBE E54 MMT DAA H18 MLT HLT DLT AK XCR E14 MJ J57 XJG XCT XSA XTU WEE XCA
  XCN NAR M4 XVQ P1 MFU KMK LM3 FOT FM3 E34 E35`

describe("PowerOffice's units", () => {
  test('are 67, each with a name, none twice', () => {
    expect(POWEROFFICE_UNITS.map(({ code }) => code).sort()).toEqual(CODES.split(/\s+/).sort())
    expect(new Set(POWEROFFICE_UNITS.map(({ code }) => code)).size).toBe(67)
    for (const { name } of POWEROFFICE_UNITS) expect(name.trim()).not.toBe('')
  })
})

const proposalOf = (code: string | null, name: string | null) =>
  proposeUnits([unit('u', code, name)])[0]?.powerOfficeUnit ?? null

describe('a unit is proposed', () => {
  test.each([
    ['pcs', 'Piece', 'EA'],
    ['hr', 'Hour', 'HUR'],
    ['kg', 'Kilogram', 'KGM'],
    ['g', 'Gram', 'GRM'],
    ['m', 'Metre', 'MTR'],
    ['m2', 'Square metre', 'MTK'],
    ['m3', 'Cubic metre', 'MTQ'],
    ['cm', 'Centimetre', 'CMT'],
    ['km', 'Kilometre', 'KMT'],
    ['l', 'Litre', 'LTR'],
    ['box', 'Box', 'BX'],
    ['day', 'Day', 'DAY'],
    ['week', 'Week', 'WEE'],
    ['month', 'Month', 'MON'],
    ['year', 'Year', 'ANN'],
    ['set', 'Set', 'SET'],
  ])('that Tribe comes with: %s', (code, name, expected) => {
    expect(proposalOf(code, name)).toBe(expected)
    expect(proposalOf(null, name)).toBe(expected)
  })

  test.each([
    ['Stuk', 'EA'],
    ['stuks', 'EA'],
    ['Uur', 'HUR'],
    ['uren', 'HUR'],
    ['Dagen', 'DAY'],
    ['weken', 'WEE'],
    ['Maand', 'MON'],
    ['kwartaal', 'QAN'],
    ['Jaar', 'ANN'],
    ['doos', 'BX'],
    ['Pallet', 'XOF'],
    ['fles', 'XFL'],
    ['zak', 'XBG'],
    ['paar', 'PR'],
    ['vierkante meter', 'MTK'],
    ['kubieke meter', 'MTQ'],
    ['Strekkende meter', 'LM'],
  ])('by its Dutch name: %s', (name, expected) => {
    expect(proposalOf(null, name)).toBe(expected)
  })

  test.each([
    ['Stk.', 'EA'],
    ['stykk', 'EA'],
    ['Time', 'HUR'],
    ['timer', 'HUR'],
    ['Måned', 'MON'],
    ['måneder', 'MON'],
    ['år', 'ANN'],
    ['Uke', 'WEE'],
    ['eske', 'BX'],
    ['Kvadratmeter', 'MTK'],
    ['Løpemeter', 'LM'],
    ['tonn', 'TNE'],
    ['Flaske', 'XFL'],
    ['sekk', 'XSA'],
    ['pall', 'XOF'],
    ['tur', 'E54'],
    ['prosent', 'P1'],
  ])('by its Norwegian name: %s', (name, expected) => {
    expect(proposalOf(null, name)).toBe(expected)
  })

  test.each([
    ['Pieces', 'EA'],
    ['each', 'EA'],
    ['Hours', 'HUR'],
    ['quarter', 'QAN'],
    ['Square-metre', 'MTK'],
    ['pound', 'LBR'],
    ['bottles', 'XFL'],
    ['feet', 'FOT'],
  ])('by its English name: %s', (name, expected) => {
    expect(proposalOf(null, name)).toBe(expected)
  })

  test.each([
    [' PCS ', null, 'EA'],
    ['St.', null, 'EA'],
    ['M²', null, 'MTK'],
    ['m³', null, 'MTQ'],
    ['HUR', null, 'HUR'],
    ['kwh', null, 'KWH'],
    ['%', null, 'P1'],
    ['xpk', 'whatever', 'XPK'],
    ['unheard-of', 'Uur', 'HUR'],
  ])('however it is written: %s %s', (code, name, expected) => {
    expect(proposalOf(code, name)).toBe(expected)
  })

  test('with a Norwegian letter that is put together from two characters', () => {
    expect(proposalOf(null, 'Måned'.normalize('NFD'))).toBe('MON')
  })

  test.each([
    ['min', 'Minute'],
    [null, null],
    ['', ' '],
    ['abonnement', 'Subscription'],
    ['?', '…'],
  ])('not, when it means nothing to us: %s %s', (code, name) => {
    expect(proposalOf(code, name)).toBeNull()
  })

  test('by its code rather than by its name', () => {
    expect(proposalOf('kg', 'Hour')).toBe('KGM')
  })

  test('with its own id, among others', () => {
    const units = [unit('a', 'pcs', null), unit('b', 'nothing', null), unit('c', null, 'uur')]
    expect(proposeUnits(units)).toEqual([
      { tribeUnitId: 'a', powerOfficeUnit: 'EA' },
      { tribeUnitId: 'c', powerOfficeUnit: 'HUR' },
    ])
  })
})

describe('a VAT group is proposed', () => {
  const propose = (
    group: ReturnType<typeof vatGroup>,
    { defaultNo = null, accounts = ACCOUNTS }: { defaultNo?: number | null; accounts?: typeof ACCOUNTS } = {},
  ) => {
    const [proposal] = proposeVat(lists({ vatGroups: [group] }, accounts), defaultNo)
    return [proposal?.powerOfficeVatCode, proposal?.salesAccountNo, proposal?.reason]
  }

  test.each([
    [25, '3', 3000],
    [15, '31', 3010],
    [12, '33', 3020],
    [0, '5', 3100],
  ])('by its rate: %d %%', (percentage, code, accountNo) => {
    expect(propose(vatGroup('v', percentage, { country: 'NO' }))).toEqual([code, accountNo, null])
    expect(propose(vatGroup('v', percentage))).toEqual([code, accountNo, null])
  })

  test('with the default ledger account, when that carries the rate', () => {
    expect(propose(vatGroup('v', 25), { defaultNo: 3050 })).toEqual(['3', 3050, null])
    expect(propose(vatGroup('v', 0), { defaultNo: 3200 })).toEqual(['6', 3200, null])
    expect(propose(vatGroup('v', 15), { defaultNo: 3050 })).toEqual(['31', 3010, null])
  })

  test('never with an account that is archived or carries no VAT', () => {
    const accounts = [account(3000, '3', false), account(3001, null), account(3050, '3')]
    expect(propose(vatGroup('v', 25), { accounts })).toEqual(['3', 3050, null])
    expect(propose(vatGroup('v', 15), { accounts })).toEqual([null, null, 'no-account-with-this-rate'])
  })

  test.each([21, 9, 6])('not, when its rate is none of Norway: %d %%', (percentage) => {
    expect(propose(vatGroup('v', percentage, { country: 'NL' }))).toEqual([null, null, 'foreign-rate'])
    expect(propose(vatGroup('v', percentage))).toEqual([null, null, 'foreign-rate'])
  })

  test('not, when another country has that rate too: a Swedish 25 % is not a Norwegian one', () => {
    expect(propose(vatGroup('v', 25, { country: 'SE' }))).toEqual([null, null, 'foreign-rate'])
  })

  test("with Norway's codes for a Dutch organisation that sells from a Norwegian book", () => {
    const groups = [25, 15, 12, 0, 21, 9].map((rate) => vatGroup(`v${rate}`, rate))
    const proposals = proposeVat({ ...lists({ vatGroups: groups }), ownCountry: 'NL' }, 3000)
    expect(proposals.map((one) => one.powerOfficeVatCode)).toEqual(['3', '31', '33', '5', null, null])
    expect(proposals.slice(4).map((one) => one.reason)).toEqual(['foreign-rate', 'foreign-rate'])
  })

  test('a rate of 0 wherever it comes from: nothing is owed', () => {
    expect(propose(vatGroup('v', 0, { country: 'NL' }))).toEqual(['5', 3100, null])
  })

  test('not, when Tribe does not say its rate', () => {
    expect(propose(vatGroup('v', null))).toEqual([null, null, 'no-account-with-this-rate'])
  })
})
