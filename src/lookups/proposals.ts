import type { Lookups } from './lookups'

/** Obvious pairs between the two systems' lists, for an admin to confirm. Pure. */

/** PowerOffice's closed list (poweroffice/API.md §6.9), with its Norwegian and an English name. */
export const POWEROFFICE_UNITS: readonly { code: string; name: string }[] = [
  ...named(
    'BX eske (box)|MTR meter|KMT kilometer|KGM kg|EA stk (each)|LTR liter|HUR time (hour)|DAY dag (day)|MTK m²|MTQ m³',
  ),
  ...named(
    'TNE tonn (metric ton)|MON måned (month)|ANN år (year)|QAN kvartal (quarter)|NL lass (load)|XRO rull (roll)',
  ),
  ...named(
    'XBA tønne (barrel)|XPL spann (pail)|XPC kolli (parcel)|PR par (pair)|XCI boks (canister)|XBG pose (bag)',
  ),
  ...named(
    'SET sett (set)|XTY tank|XOF pall (pallet)|FTK kvadratfot (ft²)|KWH kWh|MWH MWh|LBR pund (lb)|CMT cm|DMT dm',
  ),
  ...named(
    'LM lineær meter|XPK pakke (package)|GRM gram|HGM hg|XFL flaske (flask)|XBE bunt (bundle)|E54 tur (trip)|MMT mm',
  ),
  ...named('DAA dekar|H18 hektar|MLT ml|HLT hl|DLT dl|AK favn (fathom)|XCR kasse (crate)|E14 kcal|MJ MJ'),
  ...named(
    'J57 fat (oil barrel)|XJG kanne (jug)|XCT kartong (carton)|XSA sekk (sack)|XTU tube|WEE uke (week)',
  ),
  ...named(
    'XCA boks, rektangulær (can)|XCN konteiner (container)|NAR antall artikler (articles)|M4 pengeverdi (monetary value)',
  ),
  ...named(
    'XVQ bulk|P1 prosent (%)|MFU fôrenhet melk (FEm)|KMK km²|LM3 løskubikkmeter|FOT fot (ft)|FM3 fastkubikkmeter',
  ),
  ...named('E34 gigabyte|E35 terabyte'),
]

function named(list: string): { code: string; name: string }[] {
  return list.split('|').map((entry) => {
    const at = entry.indexOf(' ')
    return { code: entry.slice(0, at), name: entry.slice(at + 1) }
  })
}

/** How Dutch, Norwegian and English users call a unit, by PowerOffice's code. */
const WORDS: Readonly<Record<string, string>> = {
  EA: 'ea pc pcs piece pieces each stk stykk stuk stuks st unit units enhet eenheid',
  HUR: 'hr hrs h hour hours uur uren u time timer t timen',
  DAY: 'day days d dag dager dagen',
  WEE: 'week weeks uke uker weken wk',
  MON: 'month months mnd maand maanden måned måneder mon mo',
  QAN: 'quarter quarters kvartal kwartaal kwartalen',
  ANN: 'year years år jaar jaren yr',
  KGM: 'kg kgs kilo kilogram kilograms',
  GRM: 'g gr gram grams',
  HGM: 'hg hekto hectogram',
  TNE: 'ton tonn tonne tonnes t1000',
  LBR: 'lb lbs pund pond pound pounds',
  MTR: 'm mtr meter meters metre metres',
  LM: 'lm strekkmeter løpemeter lopendemeter strekkendemeter',
  CMT: 'cm centimeter centimetre',
  MMT: 'mm millimeter millimetre',
  DMT: 'dm desimeter decimeter',
  KMT: 'km kilometer kilometers kilometre',
  FOT: 'ft fot foot feet voet',
  MTK: 'm2 m² kvm sqm kvadratmeter vierkantemeter squaremeter squaremetre',
  MTQ: 'm3 m³ kbm cbm kubikkmeter kubiekemeter cubicmeter cubicmetre',
  KMK: 'km2 km²',
  LTR: 'l ltr liter liters litre litres',
  DLT: 'dl desiliter deciliter',
  HLT: 'hl hektoliter hectoliter',
  MLT: 'ml milliliter',
  BX: 'box boxes doos eske esker',
  XPK: 'pack package packages pakke pakker pak pakket pakketten pk',
  XCT: 'carton cartons kartong kartonger karton',
  XCR: 'crate crates kasse kasser krat kratten',
  XPC: 'parcel parcels kolli colli',
  XOF: 'pallet pallets pall paller palle',
  XBG: 'bag bags pose poser zak zakken tas',
  XSA: 'sack sacks sekk sekker',
  XRO: 'roll rolls rull ruller rol rollen',
  XFL: 'bottle bottles flaske flasker fles flessen flask',
  XBE: 'bundle bundles bunt bunter bundel',
  PR: 'pair pairs par paar',
  SET: 'set sets sett',
  XCN: 'container containers konteiner',
  NL: 'load loads lass lading',
  E54: 'trip trips tur turer rit ritten',
  KWH: 'kwh kilowatttime kilowattuur',
  MWH: 'mwh',
  MJ: 'mj megajoule',
  P1: '% pct percent prosent procent',
  E34: 'gb gigabyte',
  E35: 'tb terabyte',
}
const CODE_OF = new Map(
  Object.entries(WORDS).flatMap(([code, words]) => words.split(' ').map((word) => [word, code] as const)),
)

const plain = (text: string | null) =>
  (text ?? '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s.\-_/]/g, '')

export interface UnitProposal {
  tribeUnitId: string
  powerOfficeUnit: string
}

/** By code first, then by name; a unit that means nothing to us has no proposal. */
export function proposeUnits(units: Lookups['tribe']['units']): UnitProposal[] {
  return units.flatMap(({ id, code, name }) => {
    const isCode = POWEROFFICE_UNITS.find((unit) => unit.code === code?.trim().toUpperCase())?.code
    const found = CODE_OF.get(plain(code)) ?? CODE_OF.get(plain(name)) ?? isCode
    return found ? [{ tribeUnitId: id, powerOfficeUnit: found }] : []
  })
}

export interface VatProposal {
  tribeVatGroupId: string
  /** Null: there is no natural pair, and `reason` says why. */
  powerOfficeVatCode: string | null
  salesAccountNo: number | null
  reason: 'foreign-rate' | 'no-account-with-this-rate' | null
}

/**
 * By rate, among the codes that a sales account carries: VAT follows the account. The default ledger account
 * goes first, then the lowest number. PowerOffice's books are Norwegian: another country's rate has no pair.
 */
export function proposeVat(lookups: Lookups, defaultSalesAccountNo: number | null): VatProposal[] {
  const { salesAccounts, vatCodes } = lookups.powerOffice
  const rateOf = new Map(vatCodes.map((vat) => [vat.code, vat.rate]))
  const usable = salesAccounts
    .filter((account) => account.isActive && account.vatCode !== null)
    .sort(
      (a, b) =>
        Number(b.accountNo === defaultSalesAccountNo) - Number(a.accountNo === defaultSalesAccountNo) ||
        a.accountNo - b.accountNo,
    )
  return lookups.tribe.vatGroups.map(({ id, percentage, country }) => {
    const none = (reason: VatProposal['reason']): VatProposal => ({
      tribeVatGroupId: id,
      powerOfficeVatCode: null,
      salesAccountNo: null,
      reason,
    })
    if (percentage === null) return none('no-account-with-this-rate')
    if (country !== null && country !== 'NO' && percentage > 0) return none('foreign-rate')
    const account = usable.find(
      ({ vatCode }) => Math.abs((rateOf.get(vatCode ?? '') ?? -1) * 100 - percentage) < 0.005,
    )
    if (account)
      return {
        tribeVatGroupId: id,
        powerOfficeVatCode: account.vatCode,
        salesAccountNo: account.accountNo,
        reason: null,
      }
    return none(isNorwegianRate(percentage) ? 'no-account-with-this-rate' : 'foreign-rate')
  })
}

const isNorwegianRate = (percentage: number) => [0, 12, 15, 25].includes(percentage)
