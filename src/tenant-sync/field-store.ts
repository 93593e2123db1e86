import type { ToldFields } from '../db/told-fields'
import { type FieldCatalog, keepCatalog, knownCatalog } from '../lookups/fields'
import { powerOfficeFields } from '../poweroffice/own-fields'
import { SyncError } from '../shared/errors'
import type { FieldMapping } from '../shared/own-fields'
import type { FieldStore, SyncContext } from '../sync-step'
import { tribeFieldsIn } from '../tribe/own-fields'

/** An admin's rows, and the fields that rows can be made of: Tribe's by its metadata, PowerOffice's by its description. */
export function createFieldStore({
  rows,
  working,
  tellable,
  told,
  facts,
  now,
  tribe,
}: {
  rows: readonly FieldMapping[]
  working: readonly FieldMapping[]
  tellable: readonly FieldMapping[]
  told: ToldFields
} & Pick<SyncContext, 'facts' | 'now' | 'tribe'>): FieldStore {
  const refresh = async (): Promise<FieldCatalog> => {
    const metadata = await tribe.metadata()
    if (!metadata)
      throw new SyncError(
        'field.no_metadata',
        'data',
        'Tribe shows no metadata to this application, so nobody knows which fields it has',
      )
    return keepCatalog(facts, {
      at: new Date(now()).toISOString(),
      tribe: tribeFieldsIn(metadata),
      powerOffice: powerOfficeFields(),
    })
  }
  return {
    rows,
    working,
    tellable,
    told,
    refresh,
    catalog: async () => knownCatalog(facts, now()) ?? refresh(),
  }
}
