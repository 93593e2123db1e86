/**
 * Made-up bookkeeping: the companies, people and products that a Norwegian firm with some Dutch
 * trade would have, with everything in their names that has ever broken a program. The same seed gives
 * the same rows, and a longer list begins with the shorter one. Mail and web addresses are under
 * `.example`; organisation numbers have a valid check digit and are given out by chance.
 */

export interface CompanyData {
  name: string
  /** Nine digits with a valid check digit, perhaps spelled "NO … MVA"; or Dutch VAT. Once per list. */
  organizationNumber: string | null
  /** Once per list, like `invoiceEmail`. */
  email: string | null
  invoiceEmail: string | null
  phone: string | null
  website: string | null
  address: AddressData | null
}

/** As PowerOffice keeps it. */
export interface AddressData {
  addressLine1: string | null
  addressLine2: string | null
  zipCode: string
  city: string
  countryCode: 'NO' | 'NL'
}

export interface PersonData {
  /** Null for a person with one name only. */
  firstName: string | null
  /** A Dutch infix, "van der". */
  middleName: string | null
  lastName: string
  email: string | null
  phone: string | null
}

export interface ProductData {
  /** Once per list. */
  code: string | null
  name: string
  description: string | null
  /** Net, with two or four decimals. */
  unitPrice: number
  unitCost: number | null
  /** A code of PowerOffice's closed list. */
  unit: string
  group: string | null
}

/** A source of chance for the row at `index` of a list; each row has its own. */
function chanceOf(seed: number, index: number, list: string) {
  // Mixes what makes the row different into the state, so that neighbours have nothing in common.
  let state = 0x2f6e_2b1d ^ seed
  for (const part of [index, ...[...list].map((letter) => letter.charCodeAt(0))]) {
    state = Math.imul(state ^ part, 0x9e37_79b1)
    state ^= state >>> 15
  }
  const next = (): number => {
    state = (state + 0x6d2b_79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0_aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
  const upTo = (end: number) => Math.floor(next() * end)
  return {
    /** 0 … end − 1 */
    upTo,
    /** True once in so many times. */
    oneIn: (times: number) => upTo(times) === 0,
    pick: <T>(from: readonly T[]): T => from[upTo(from.length)] as T,
    digits: (length: number) => Array.from({ length }, () => upTo(10)).join(''),
  }
}
type Chance = ReturnType<typeof chanceOf>

const list = (text: string): readonly string[] => text.split(' · ')

const NORWEGIAN_FAMILIES = list(
  'Hansen · Bjørnson Dahl · Ås · Sørensen · Nygård · Øvrebø · Lie · Hæstad · Aasen · Bråten · Wærness · Strøm · Haugland · von der Lippe · Ødegård · Fjeld',
)
const DUTCH_FAMILIES = list(
  'Bakker · Smit · Jansen · Visser · Mulder · Vermeulen · Hoekstra · Postma · Smit-Verhoeven · Brouwer · Kuiper · Dijkstra · Coenraad · Daniëls',
)
const NORWEGIAN_FIRST = list(
  'Kari · Bjørn · Åse · Øystein · Ingrid · Ola · Anne Marie · Jens-Petter · Sølvi · Håkon · Ærlig · Liv · Terje · Maren',
)
const DUTCH_FIRST = list(
  'Ada · Jan Willem · Zoë · Sjoerd · André · Loes · Pieter · Femke · Daan · Noëlle · Bart · Marije',
)
const INFIXES = list(
  "van · van der · van den · de · den · ter · ten · in 't · van 't · op de · uit den · Van Der · 't",
)
const ONE_NAME = list('Sukarno · Ásgerður · Widodo · Bo · Ngozi · De · Ø')

const NORWEGIAN_TRADES = list(
  'Bygg · Regnskap · Sjømat · Kraft · Rør & Varme · Maskin · Eiendom · Bakeri · Elektro · Transport · Kaffebrenneri · Gård · Verft · Blomster · Data',
)
const DUTCH_TRADES = list(
  'Bouw · Tulpen · Logistiek · Installatietechniek · Fietsen · Advies · Kaas & Zuivel · Transport · Schilderwerken · Groothandel',
)
const PLACES = list(
  'Nordlys · Fjord · Vestland · Sør-Trønder · Østkyst · Midnattsol · Bølgen · Havbris · Blåfjell · Polar · Røst',
)
const NORWEGIAN_FORMS = list('AS · AS · AS · ASA · ANS · DA · SA · ENK · A/S')
const DUTCH_FORMS = list('B.V. · B.V. · BV · N.V. · V.O.F. · & Zn. · Holding B.V.')

/** Names that are nothing but trouble. */
const ODD_NAMES = [
  'A',
  'Æ Ø Å',
  '3 Brødre',
  '100 % Rent',
  '24/7 Service/Vakt',
  "O'Brien & Sønner",
  "'t Gouden Hoofd",
  '"Kvalitet" i Bygg',
  '«Anførsel» Trykkeri',
  'Café Zoë',
  'Müller & Söhne',
  'Kaffe ☕ og 🚲 Sykler',
  '👩‍🌾 Gårdsbutikken',
  "Robert'); DROP TABLE customers;--",
  "' OR '1'='1",
  '<b>Fet</b> Skrift',
  '<script>alert(1)</script>',
  'Et &amp; Annet',
  '$(whoami) Utvikling',
  '{{ mal }} Design',
  '%s %d %00',
  '=SUM(A1:A9)',
  'Null',
  'undefined',
  'NaN',
  'Back\\slash\\Data',
  'Komma, Semikolon; Kolon:',
  'C++ & C# Konsulenter',
  'Tab-ell + Pluss',
  '株式会社ノルウェー',
  'Студия Север',
  'شركة الشمال',
  'Rene\u0301 Bygg', // the accent apart
  'Bind\u00ADestrek', // a soft hyphen
] as const

const NORWEGIAN_STREETS = list(
  'Havnegata · Storgata · Karl Johans gate · Kirkeveien · Åsveien · Øvre Slottsgate · Sjøgata · Plass 1814 · Bjørnsons vei · Storgt.',
)
const DUTCH_STREETS = list(
  'Keizersgracht · Plein 1944 · Dorpsstraat · 3e Oosterparkstraat · Burgemeester de Vlugtlaan · Coolsingel · Laan van Meerdervoort',
)
const NORWEGIAN_CITIES = [
  ['0150', 'Oslo'],
  ['5003', 'Bergen'],
  ['7011', 'Trondheim'],
  ['9008', 'Tromsø'],
  ['6002', 'Ålesund'],
  ['1605', 'Fredrikstad'],
  ['2815', 'Gjøvik'],
  ['4006', 'Stavanger'],
] as const
const DUTCH_CITIES = [
  ['1012', 'Amsterdam'],
  ['2511', "'s-Gravenhage"],
  ['3011', 'Rotterdam'],
  ['5211', "'s-Hertogenbosch"],
  ['6811', 'Arnhem'],
  ['8911', 'Leeuwarden'],
] as const
const SECOND_LINES = list(
  '2. etasje · c/o Regnskap & Co · Att: Økonomi · Inngang B · Bygg 4, rampe 12 · Porten ved elva',
)

export function companies(count: number, seed = 1): CompanyData[] {
  const rows: CompanyData[] = []
  const taken = new Set<string>()
  for (let index = 0; index < count; index++) {
    const chance = chanceOf(seed, index, 'companies')
    const dutch = chance.oneIn(6)
    const domain = `firma-${seed}-${index}.example`
    const twin = index > 20 && chance.oneIn(25) ? rows[chance.upTo(index)] : undefined
    rows.push({
      name: twin?.name ?? companyName(chance, dutch),
      organizationNumber: chance.oneIn(8) ? null : organizationNumber(chance, dutch, taken),
      email: chance.oneIn(6) ? null : `${chance.pick(['post', 'info', 'Kontakt', 'o.hansen+crm'])}@${domain}`,
      invoiceEmail: chance.oneIn(3) ? `${chance.pick(['faktura', 'invoice', 'ap_2'])}@${domain}` : null,
      phone: chance.oneIn(5) ? null : phone(chance, dutch),
      website: chance.oneIn(3) ? website(chance, domain) : null,
      address: chance.oneIn(10) ? null : address(chance, dutch),
    })
  }
  return rows
}

export function people(count: number, seed = 1): PersonData[] {
  return Array.from({ length: count }, (_, index) => {
    const chance = chanceOf(seed, index, 'people')
    const dutch = chance.oneIn(3)
    return {
      ...personName(chance, dutch),
      email: chance.oneIn(5) ? null : `person-${index}@firma-${seed}-${chance.upTo(index + 1)}.example`,
      phone: chance.oneIn(4) ? null : phone(chance, dutch),
    }
  })
}

export function productsData(count: number, seed = 1): ProductData[] {
  return Array.from({ length: count }, (_, index) => {
    const chance = chanceOf(seed, index, 'products')
    const [thing, unit] = chance.pick(THINGS)
    const unitPrice = price(chance)
    return {
      code: chance.oneIn(12) ? null : `${chance.pick(['V', 'T-', 'ART.', 'Ø', '00', 'a/'])}${1000 + index}`,
      name: `${thing}${chance.pick(PRODUCT_TAILS)}`,
      description: chance.oneIn(3) ? chance.pick(DESCRIPTIONS) : null,
      unitPrice,
      unitCost: chance.oneIn(3) ? null : roughlyHalf(unitPrice),
      unit,
      group: chance.oneIn(6) ? null : chance.pick(GROUPS),
    }
  })
}

function companyName(chance: Chance, dutch: boolean): string {
  const form = chance.pick(dutch ? DUTCH_FORMS : NORWEGIAN_FORMS)
  const family = chance.pick(dutch ? DUTCH_FAMILIES : NORWEGIAN_FAMILIES)
  const trade = chance.pick(dutch ? DUTCH_TRADES : NORWEGIAN_TRADES)
  switch (chance.upTo(10)) {
    case 0:
    case 1:
      return `${chance.pick(ODD_NAMES)} ${form}`
    case 2:
      return `${family} & ${chance.pick(dutch ? DUTCH_FAMILIES : NORWEGIAN_FAMILIES)} ${form}`
    case 3:
      return `${chance.pick(dutch ? DUTCH_FIRST : NORWEGIAN_FIRST)} ${family}s ${trade} ${form}`
    case 4:
      return `${chance.pick(PLACES)} ${trade}`.toUpperCase()
    case 5:
      return chance.oneIn(4) ? longName(chance, trade, form) : `${trade} ${family} ${form}`
    default:
      return `${dutch ? family : chance.pick(PLACES)} ${trade} ${form}`
  }
}

function longName(chance: Chance, trade: string, form: string): string {
  const words = Array.from({ length: 12 + chance.upTo(8) }, () => chance.pick(NORWEGIAN_TRADES))
  return `Interessentskapet for ${words.join(', ')} og ${trade} ${form}`
}

function organizationNumber(chance: Chance, dutch: boolean, taken: Set<string>): string {
  while (true) {
    const digits = dutch ? chance.digits(9) : norwegianNumber(chance)
    if (digits === null || taken.has(digits)) continue
    taken.add(digits)
    if (dutch) return `NL${digits}B0${1 + chance.upTo(3)}`
    return chance.oneIn(10) ? `NO ${digits.replace(/(...)(?=.)/g, '$1 ')} MVA` : digits
  }
}

/** Eight digits by chance and the ninth from them; null when there is no ninth that fits. */
function norwegianNumber(chance: Chance): string | null {
  const digits = `${chance.pick(['8', '9', '9'])}${chance.digits(7)}`
  const weights = [3, 2, 7, 6, 5, 4, 3, 2]
  const sum = weights.reduce((total, weight, at) => total + weight * Number(digits[at]), 0)
  const check = (11 - (sum % 11)) % 11
  return check === 10 ? null : `${digits}${check}`
}

function phone(chance: Chance, dutch: boolean): string {
  if (dutch) return chance.pick(['+31 20 555 0', '020-5550', '0031205550']) + chance.digits(3)
  const number = `2255${chance.digits(4)}`
  return chance.pick([
    number,
    `+47${number}`,
    `+47 ${number.replace(/(..)(?=.)/g, '$1 ')}`,
    `(+47) ${number.slice(0, 3)} ${number.slice(3, 5)} ${number.slice(5)}`,
  ])
}

function website(chance: Chance, domain: string): string {
  return chance.pick([
    `https://www.${domain}`,
    `www.${domain}`,
    domain,
    `http://${domain}/om-oss?språk=nb#kontakt`,
  ])
}

function address(chance: Chance, dutch: boolean): AddressData {
  const second = chance.oneIn(6) ? chance.pick(SECOND_LINES) : null
  if (dutch) {
    const [digits, city] = chance.pick(DUTCH_CITIES)
    const zipCode = `${digits}${chance.pick([' ', ' ', ''])}${chance.pick(['AB', 'LM', 'ZX'])}`
    return { addressLine1: dutchLine(chance), addressLine2: second, zipCode, city, countryCode: 'NL' }
  }
  const [zipCode, city] = chance.pick(NORWEGIAN_CITIES)
  return { addressLine1: norwegianLine(chance), addressLine2: second, zipCode, city, countryCode: 'NO' }
}

function norwegianLine(chance: Chance): string | null {
  const street = chance.pick(NORWEGIAN_STREETS)
  const number = 1 + chance.upTo(150)
  const letter = chance.pick(['A', 'B', 'C', 'f'])
  return chance.pick([
    `${street} ${number}`,
    `${street} ${number}`,
    `${street} ${number} ${letter}`,
    `${street} ${number}${letter}`,
    `${street} ${number}-${number + 2}`,
    `${street} ${number}, oppgang ${letter}`,
    `Postboks ${number}`,
    `Postboks ${number} Sentrum`,
    street,
    null,
  ])
}

function dutchLine(chance: Chance): string {
  const street = chance.pick(DUTCH_STREETS)
  const number = 1 + chance.upTo(900)
  return chance.pick([
    `${street} ${number}`,
    `${street} ${number}`,
    `${street} ${number} bis`,
    `${street} ${number}-II`,
    `${street} ${number}/3`,
    `${street} ${number}A`,
    `Postbus ${number}`,
  ])
}

function personName(
  chance: Chance,
  dutch: boolean,
): Pick<PersonData, 'firstName' | 'middleName' | 'lastName'> {
  if (chance.oneIn(20)) return { firstName: null, middleName: null, lastName: chance.pick(ONE_NAME) }
  return {
    firstName: chance.pick(dutch ? DUTCH_FIRST : NORWEGIAN_FIRST),
    middleName: dutch && chance.oneIn(2) ? chance.pick(INFIXES) : null,
    lastName: chance.pick(dutch ? DUTCH_FAMILIES : NORWEGIAN_FAMILIES),
  }
}

/** What is sold, and PowerOffice's code of the unit that it is sold in. */
const THINGS = [
  ['Konsulenttime', 'HUR'],
  ['Dagsrate', 'DAY'],
  ['Abonnement', 'MON'],
  ['Årslisens', 'ANN'],
  ['Skrue', 'EA'],
  ['Fiskekasse', 'XCR'],
  ['Kabel', 'MTR'],
  ['Gulvlegging', 'MTK'],
  ['Kjøring', 'KMT'],
  ['Kaffebønner', 'KGM'],
  ['Olje', 'LTR'],
  ['Strøm', 'KWH'],
  ['Hansker', 'PR'],
  ['Blomsterpakke', 'XPK'],
] as const
const PRODUCT_TAILS = [
  '',
  '',
  ' A',
  ' 5 × 40 mm',
  ' «ekstra»',
  ' & tilbehør',
  ' 50 %',
  ' <ny>',
  ' (utgår)',
  ", 12''",
]
const DESCRIPTIONS = [
  'Etter avtale',
  'Første linje\nAndre linje',
  'Rabatt: 10 % ved > 5',
  'Ø 12 mm; æ, å',
  '<p>HTML</p>',
  '✅',
]
const GROUPS = ['Tjenester', 'Varer', 'Lisenser & abonnement', 'Frakt/porto', 'Øvrig', 'Diensten']

function price(chance: Chance): number {
  switch (chance.upTo(8)) {
    case 0:
      return 0
    case 1:
      return (1 + chance.upTo(99_999)) / 10_000
    case 2:
      return chance.upTo(100_000_000) / 10_000
    case 3:
      return 1000 * (1 + chance.upTo(2000))
    default:
      return chance.upTo(1_000_000) / 100
  }
}

function roughlyHalf(unitPrice: number): number {
  return Math.round(unitPrice * 50) / 100
}
