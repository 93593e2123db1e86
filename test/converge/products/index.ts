import type { Dice } from '../../platform/dice'
import type { Slice } from '../kind'
import type { Model } from '../model'
import type { Scene } from '../scene'
import { newHere, newThere, PRODUCT_ACTS } from './acts'
import { DEFAULT_ACCOUNT_NO, mappingsOf, PRODUCT } from './kind'

/** An admin maps units and VAT groups. */
export function mapAll(world: Scene): void {
  const { database } = world.relay
  const { units, vat } = mappingsOf(world)
  const unit = database.prepare('insert into unit_mappings values (?, ?, ?)')
  for (const { tribeUnitId, powerOfficeUnit } of units)
    unit.run(world.relay.tenantId, tribeUnitId, powerOfficeUnit)
  const group = database.prepare(`insert into vat_mappings
    (tenant_id, tribe_vat_group_id, power_office_vat_code, sales_account_no, sales_account_id) values (?, ?, ?, ?, ?)`)
  for (const one of vat)
    group.run(
      world.relay.tenantId,
      one.tribeVatGroupId,
      one.powerOfficeVatCode,
      one.salesAccountNo,
      one.salesAccountId,
    )
}

/** An admin has mapped units and VAT groups; each system has products that the other has not. */
function seed(world: Scene, model: Model, dice: Dice): void {
  mapAll(world)
  for (let n = dice.between(0, 2); n > 0; n--) newHere(world, model, dice)
  for (const twin of model.twins) if (twin.kind === PRODUCT) twin.isDormant = true
  for (let n = dice.between(0, 3); n > 0; n--) newThere(world, model, dice)
  // PowerOffice's own group, where products are that have none.
  model.cause('tribe', 1)
}

export const PRODUCTS: Slice = {
  settings: { products: { enabled: true }, defaultSalesAccountNo: DEFAULT_ACCOUNT_NO },
  kinds: [PRODUCT],
  seed,
  acts: PRODUCT_ACTS,
}
