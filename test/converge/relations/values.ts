import type { Dice } from '../../platform/dice'
import type { Scene } from '../scene'

/** What users type. Nearly every text is new, so that a value tells which edit it came from. */

const emptied = (dice: Dice) => dice.is(0.08)
const FIRST = ['Ada', 'Jan Willem', 'Åse', 'Ole-Johan', 'Şevval'] as const
const INFIX = ['', '', 'van ', 'van der ', 'de ', "in 't ", 'af '] as const
const STREET = ['Havnegata', 'Prinses Irenestraat', 'Storgata', 'Postboks', 'c/o Berg'] as const
const SUFFIX = ['', '', ' B', '-14', '/2', 'B'] as const
const TOWN = ['Trondheim', "'s-Hertogenbosch", 'Tromsø'] as const

export const company = (world: Scene, dice: Dice) =>
  world.unique(dice.pick(['Nordvik Bygg AS ', 'Solberg & Sønner ', 'De Groot B.V. ', "O'Hara 100% + "]))

export const phone = (world: Scene, dice: Dice) =>
  emptied(dice) ? null : `+47 ${22_000_000 + world.count()}`
export const website = (world: Scene, dice: Dice) =>
  emptied(dice) ? null : `https://no${world.count()}.example`
export const email = (world: Scene, dice: Dice) =>
  emptied(dice) ? null : `post${world.count()}@firma.example`
/** As Tribe takes it, and PowerOffice does not. */
export const anyEmail = (world: Scene, dice: Dice) =>
  dice.is(0.06) ? `post${world.count()}.firma` : email(world, dice)
export const organizationNumber = (world: Scene) => String(900_000_000 + world.count())
export const vatNumber = (world: Scene, dice: Dice) => {
  const number = organizationNumber(world)
  return emptied(dice)
    ? null
    : dice.pick([number, `NO ${number} MVA`, number.replace(/(...)(...)/, '$1 $2 ')])
}

/** PowerOffice has a term for each of these. */
export const TERMS = Array.from({ length: 60 }, (_, days) => days + 100)
export const creditDays = (world: Scene, dice: Dice) => (emptied(dice) ? null : 100 + (world.count() % 60))
export const anyDays = (world: Scene, dice: Dice) => (dice.is(0.05) ? 7 : creditDays(world, dice))

export interface Name {
  first: string
  infix: string
  last: string
}
export function name(world: Scene, dice: Dice): Name {
  return { first: dice.pick(FIRST), infix: dice.pick(INFIX).trim(), last: world.unique('Berg') }
}
export const inTribe = ({ first, infix, last }: Name) => ({
  FirstName: first,
  MiddleName: infix || null,
  LastName: last,
})
export const inPowerOffice = ({ first, infix, last }: Name) => ({
  FirstName: first,
  LastName: [infix, last].filter(Boolean).join(' '),
})

const line = (world: Scene, dice: Dice) => {
  const street = dice.pick(STREET)
  const number = world.count()
  return { street, number, suffix: street === 'Havnegata' ? dice.pick(SUFFIX) : '' }
}
const place = (world: Scene, dice: Dice) => ({
  code: String(1000 + (world.count() % 9000)),
  town: dice.pick(TOWN),
  country: dice.pick(['NO', 'NO', 'NL']),
})

export function addressInTribe(world: Scene, dice: Dice) {
  const { street, number, suffix } = line(world, dice)
  const { code, town, country } = place(world, dice)
  const whole = {
    Street: street,
    HouseNumber: number,
    HouseNumberSuffix: suffix.trim() || null,
    Postalcode: code,
    City: town,
    Country: country,
  }
  if (dice.is(0.5)) return whole
  return dice.is(0.5)
    ? { Postalcode: code }
    : { Street: street, HouseNumber: number, Extra: dice.is(0.3) ? 'Oppgang C' : null }
}

export function addressInPowerOffice(world: Scene, dice: Dice) {
  const { street, number, suffix } = line(world, dice)
  const { code, town, country } = place(world, dice)
  const whole = {
    AddressLine1: `${street} ${number}${suffix}`,
    AddressLine2: dice.is(0.2) ? 'Oppgang C' : null,
    ZipCode: code,
    City: town,
    CountryCode: country,
  }
  return dice.is(0.6) ? whole : { AddressLine1: whole.AddressLine1 }
}
