import type { FactOf, Facts } from '../facts'
import { DAY_MS } from '../shared/dates'
import {
  type AskedField,
  canBecome,
  type FieldMapping,
  goesToPowerOffice,
  goesToTribe,
  isMember,
  type PowerOfficeField,
  type TribeField,
} from '../shared/own-fields'
import type { BadEntry } from './validation'

/** What can be mapped of both systems, and whether what an admin maps can be so. */
export type FieldCatalog = FactOf<'field-catalog'>

/** Completes the rows by what is known of both sides, or names the first that cannot be. Pure. */
export function checkFields(
  rows: readonly AskedField[],
  catalog: Pick<FieldCatalog, 'tribe' | 'powerOffice'>,
): FieldMapping[] | BadEntry {
  const complete: FieldMapping[] = []
  for (const [index, row] of rows.entries()) {
    const { record } = row
    const bad = ({ code, message }: Fault): BadEntry => ({ index, code, message })
    const tribe = catalog.tribe.find((one) => one.record === record && one.field === row.tribeField)
    const powerOffice = catalog.powerOffice.find(
      (one) => one.record === record && one.field === row.powerOfficeField,
    )
    if (!tribe) return bad(fault('field.unknown', `Tribe has no field "${row.tribeField}" of a ${record}`))
    if (!powerOffice)
      return bad(fault('field.unknown', `PowerOffice has no field "${row.powerOfficeField}" of a ${record}`))
    const found =
      directionFault(row, tribe, powerOffice) ??
      typeFault(row, tribe, powerOffice) ??
      twinFault(row, rows.slice(0, index))
    if (found) return bad(found)
    complete.push({
      record,
      direction: row.direction,
      tribeField: tribe.field,
      powerOfficeField: powerOffice.field,
      tribeType: tribe.type,
      powerOfficeType: powerOffice.type,
      places: tribe.places,
    })
  }
  return complete
}

type Fault = Pick<BadEntry, 'code' | 'message'>
const fault = (code: string, message: string): Fault => ({ code, message })

function directionFault(
  { direction }: AskedField,
  tribe: TribeField,
  { field, goes }: PowerOfficeField,
): Fault | null {
  if (!goes.includes(direction))
    return goes.every((one) => one === 'to-tribe')
      ? fault('field.read_only', `"${field}" is only read: it can go to Tribe alone`)
      : fault('field.direction_impossible', `"${field}" can go to PowerOffice alone`)
  if (goesToTribe(direction) && !tribe.writable)
    return fault('field.read_only', `Tribe's field "${tribe.field}" cannot be written by an own row`)
  return null
}

function typeFault(
  { direction }: AskedField,
  tribe: TribeField,
  powerOffice: PowerOfficeField,
): Fault | null {
  const misfit = (from: TribeField | PowerOfficeField, to: TribeField | PowerOfficeField) =>
    fault(
      'field.type_differs',
      `The type ${from.type} of "${from.field}" does not fit ${to.type} of "${to.field}"`,
    )
  if (goesToTribe(direction) && !canBecome(powerOffice.type, tribe.type)) return misfit(powerOffice, tribe)
  if (goesToPowerOffice(direction) && !canSend(tribe, powerOffice)) return misfit(tribe, powerOffice)
  return null
}

function twinFault(row: AskedField, before: readonly AskedField[]): Fault | null {
  const twin = before.find((other) => isTwice(row, other))
  if (!twin) return null
  return fault('field.mapped_twice', `"${twin.tribeField}" and "${twin.powerOfficeField}" are mapped twice`)
}

/** A code may be a number, and is then told as such. */
const canSend = (tribe: TribeField, powerOffice: PowerOfficeField): boolean =>
  canBecome(tribe.type, powerOffice.type) ||
  (powerOffice.field.startsWith('order.') && tribe.type === 'number')

/** Two rows into one field, or the same pair once more. */
function isTwice(one: AskedField, other: AskedField): boolean {
  if (one.record !== other.record) return false
  const sameTribe = one.tribeField === other.tribeField
  const samePowerOffice = one.powerOfficeField === other.powerOfficeField
  if (sameTribe && samePowerOffice) return true
  // A field has one name in the timeline, and one row.
  if (samePowerOffice && isMember(one.powerOfficeField)) return true
  const intoTribe = goesToTribe(one.direction) && goesToTribe(other.direction)
  const intoPowerOffice = goesToPowerOffice(one.direction) && goesToPowerOffice(other.direction)
  return (sameTribe && intoTribe) || (samePowerOffice && intoPowerOffice)
}

const NAME = 'field-catalog'

/** As it was last read; null when it is a day old. */
export function knownCatalog(facts: Facts, now: number): FieldCatalog | null {
  const known = facts.get(NAME)
  return known && now - Date.parse(known.at) < DAY_MS ? known : null
}

export function keepCatalog(facts: Facts, catalog: FieldCatalog): FieldCatalog {
  facts.set(NAME, catalog)
  return catalog
}
