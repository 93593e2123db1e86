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
export interface FieldCatalog {
  at: string
  tribe: TribeField[]
  powerOffice: PowerOfficeField[]
}

/** Completes the rows by what is known of both sides, or names the first that cannot be. Pure. */
export function checkFields(
  rows: readonly AskedField[],
  catalog: Pick<FieldCatalog, 'tribe' | 'powerOffice'>,
): FieldMapping[] | BadEntry {
  const complete: FieldMapping[] = []
  for (const [index, row] of rows.entries()) {
    const { record, direction } = row
    const bad = (code: string, message: string): BadEntry => ({ index, code, message })
    const tribe = catalog.tribe.find((one) => one.record === record && one.field === row.tribeField)
    const powerOffice = catalog.powerOffice.find(
      (one) => one.record === record && one.field === row.powerOfficeField,
    )
    if (!tribe) return bad('field.unknown', `Tribe has no field "${row.tribeField}" of a ${record}`)
    if (!powerOffice)
      return bad('field.unknown', `PowerOffice has no field "${row.powerOfficeField}" of a ${record}`)
    if (!powerOffice.goes.includes(direction)) {
      const isRead = powerOffice.goes.every((one) => one === 'to-tribe')
      return isRead
        ? bad('field.read_only', `"${powerOffice.field}" is only read: it can go to Tribe alone`)
        : bad('field.direction_impossible', `"${powerOffice.field}" can go to PowerOffice alone`)
    }
    if (goesToTribe(direction) && !tribe.writable)
      return bad('field.read_only', `Tribe's field "${tribe.field}" cannot be written by an own row`)
    const misfits = [
      ...(goesToTribe(direction) && !canBecome(powerOffice.type, tribe.type)
        ? [`${powerOffice.type} of "${powerOffice.field}" does not fit ${tribe.type} of "${tribe.field}"`]
        : []),
      ...(goesToPowerOffice(direction) && !canSend(tribe, powerOffice)
        ? [`${tribe.type} of "${tribe.field}" does not fit ${powerOffice.type} of "${powerOffice.field}"`]
        : []),
    ]
    if (misfits[0] !== undefined) return bad('field.type_differs', `The type ${misfits[0]}`)
    const twin = rows.slice(0, index).find((other) => isTwice(row, other))
    if (twin)
      return bad('field.mapped_twice', `"${twin.tribeField}" and "${twin.powerOfficeField}" are mapped twice`)
    complete.push({
      record,
      direction,
      tribeField: tribe.field,
      powerOfficeField: powerOffice.field,
      tribeType: tribe.type,
      powerOfficeType: powerOffice.type,
      places: tribe.places,
    })
  }
  return complete
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

interface Facts {
  get<T>(name: string): T | null
  set(name: string, value: unknown): void
}

/** As it was last read; null when it is a day old. */
export function knownCatalog(facts: Facts, now: number): FieldCatalog | null {
  const known = facts.get<FieldCatalog>(NAME)
  return known && now - Date.parse(known.at) < DAY_MS ? known : null
}

export function keepCatalog(facts: Facts, catalog: FieldCatalog): FieldCatalog {
  facts.set(NAME, catalog)
  return catalog
}
