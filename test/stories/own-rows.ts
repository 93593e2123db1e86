import { expect } from 'vitest'
import type { Relay, Tenant } from './relay'

/** Fields of an admin's own, as stories map them. */

/** The name of a custom field of Tribe's. */
export const own = (letter: string) => `${letter.repeat(8)}__844e__4399__9142__2d960441a391`

export const row = (
  record: string,
  tribeField: string,
  powerOfficeField: string,
  direction = 'to-poweroffice',
) => ({ record, tribeField, powerOfficeField, direction })

export async function map(tenant: Tenant, mapped: readonly object[]): Promise<void> {
  const { status, body } = await tenant.put('/fields', { mapped })
  expect([status, body.error]).toEqual([200, undefined])
  await tenant.quiet()
}

/** The cron of payments, and what is told along with them. */
export async function paymentsSwept(relay: Relay, tenant: Tenant): Promise<void> {
  await relay.tick('0 */4 * * *')
  await tenant.quiet()
}
