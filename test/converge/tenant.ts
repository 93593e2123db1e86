import { createHmac } from 'node:crypto'
import { createSealer, parseSealingKeys } from '../../src/shared/secrets'
import { keyNamed } from '../platform/platform'
import type { Town, TownTenant } from '../platform/town'
import { UNMAPPED_UNIT } from './products/kind'
import type { Scene } from './scene'

/** A tenant of the town, as a scene asks the relay about it. */
export async function relayOf(
  town: Town,
  tenant: TownTenant,
  bugs: readonly string[],
): Promise<Scene['relay']> {
  const key = await town.waitFor(fingerprintKeyOf(town, tenant))
  return {
    tenantId: tenant.id,
    database: town.platform.database,
    get jobs() {
      return tenant.jobs
    },
    get facts() {
      return tenant.facts
    },
    get isBusy() {
      return tenant.isBusy()
    },
    get lives() {
      return tenant.object.lives
    },
    bugs,
    fingerprintOf: (value) =>
      value === null || value === ''
        ? ''
        : createHmac('sha256', key).update(value).digest().subarray(0, 9).toString('base64url'),
  }
}

async function fingerprintKeyOf(town: Town, tenant: TownTenant): Promise<Buffer> {
  const row = town.platform.database
    .prepare('select sealed_fingerprint_key as sealed from tenants where id = ?')
    .get(tenant.id)
  const keys = parseSealingKeys(keyNamed('k1', 5)) ?? new Map()
  const key = await createSealer(keys).open(`${tenant.id}:fingerprintKey`, String(row?.sealed))
  return Buffer.from(key, 'base64url')
}

/** Nobody can begin with a unit that is in use and not mapped; later one may turn up. */
export function mapUnits({ crm, books }: Pick<Scene, 'crm' | 'books'>): void {
  for (const product of crm.products())
    if ((product.Unit as { Code?: string } | null)?.Code === UNMAPPED_UNIT.tribe)
      crm.edit(String(product.ID), { Unit: 'pcs' })
  for (const { Id, UnitOfMeasureCode } of books.products())
    if (UnitOfMeasureCode === UNMAPPED_UNIT.powerOffice) books.editProduct(Id, { UnitOfMeasureCode: 'EA' })
}
