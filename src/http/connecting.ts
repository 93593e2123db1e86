import { type Connecting, connectionsIn, type Side } from '../db/connections'
import { openDatabase } from '../db/database'
import { type Tenant, tenantsIn } from '../db/tenants'
import type { Env } from '../env'
import { PowerOfficeProfile } from '../poweroffice/profile'
import { SyncError } from '../shared/errors'
import { type Companies, identityOf } from '../shared/identity'
import { sha256 } from '../shared/secrets'
import { tenantObject } from '../tenant-object'
import { TribeProfile } from '../tribe/profile'
import type { TribeSecret } from '../tribe/secret'
import { sealerOf } from './connections'
import { HttpError } from './errors'
import * as z from './zod'

/** What is done with a connection that was tried and is good. */

/** Keeps how a tenant reaches its Tribe. */
export async function keepTribe(
  env: Env,
  tenant: Tenant,
  secret: TribeSecret,
  profile: TribeProfile,
  status: 400 | 422 = 422,
): Promise<void> {
  const sealedTribe = await sealerOf(env).seal(`${tenant.id}:tribe`, JSON.stringify(secret))
  const company = identityOf(profile.organizationId) ?? ''
  const change = { sealedTribe, tribe: profile }
  refuse(
    'tribe',
    status,
    await connectionsIn(openDatabase(env.DB)).connect(tenant.id, 'tribe', company, change),
  )
  await configure(env, tenant.id)
}

/** Throws what `keepTribe` would throw: before anybody is asked to confirm what cannot be. */
export async function refuseTribe(env: Env, tenant: Tenant, profile: TribeProfile): Promise<void> {
  const company = identityOf(profile.organizationId) ?? ''
  refuse('tribe', 400, await connectionsIn(openDatabase(env.DB)).wouldConnect(tenant.id, 'tribe', company))
}

/** Throws what `keepPowerOffice` would throw. */
export async function refusePowerOffice(
  env: Env,
  tenant: Tenant,
  profile: PowerOfficeProfile,
): Promise<void> {
  const company = clientOf(profile, 400)
  const found = await connectionsIn(openDatabase(env.DB)).wouldConnect(tenant.id, 'powerOffice', company)
  refuse('powerOffice', 400, found)
}

function clientOf({ clientId }: PowerOfficeProfile, status: 400 | 422): string {
  const company = identityOf(clientId)
  if (company !== null) return company
  const message =
    'PowerOffice does not say which client the key belongs to: ask go-api@poweroffice.no to grant CommonServices to the integration, then connect again'
  throw new HttpError(status, 'poweroffice.identity_unclear', message)
}

/** Keeps how a tenant reaches its PowerOffice. Throws `poweroffice.identity_unclear` when nothing says which client it is. */
export async function keepPowerOffice(
  env: Env,
  tenant: Tenant,
  clientKey: string,
  profile: PowerOfficeProfile,
  status: 400 | 422 = 422,
): Promise<void> {
  const company = clientOf(profile, status)
  const sealedClientKey = await sealerOf(env).seal(`${tenant.id}:clientKey`, clientKey)
  const change = { sealedClientKey, powerOffice: profile }
  const done = await connectionsIn(openDatabase(env.DB)).connect(tenant.id, 'powerOffice', company, change)
  refuse('powerOffice', status, done)
  await configure(env, tenant.id)
}

const REFUSALS = {
  tribe: {
    other: [
      'tribe.other_organization',
      'This is another Tribe than before: links of this tenant would point to records of the wrong one. Make a new tenant for it',
    ],
    held: [
      'tribe.organization_taken',
      'Another tenant of this relay serves this organisation of Tribe. It can be connected here once that tenant is deleted',
    ],
  },
  powerOffice: {
    other: [
      'poweroffice.other_client',
      'This key belongs to another client of PowerOffice than before: links of this tenant would point to records of the wrong one. Make a new tenant for it',
    ],
    held: [
      'poweroffice.client_taken',
      'Another tenant of this relay serves this client of PowerOffice. It can be connected here once that tenant is deleted',
    ],
  },
} as const

/** Nothing was kept, and that is said; not which tenant holds the company. */
function refuse(side: Side, status: 400 | 422, done: Connecting): void {
  if (done !== 'kept') throw refusalOf(side, status, done)
}
export function refusalOf(side: Side, status: 400 | 422, done: Exclude<Connecting, 'kept'>): HttpError {
  const [code, message] = REFUSALS[side][done]
  return new HttpError(status, code, message)
}

/** Tells the tenant's object what it has to know by itself. */
export async function configure(env: Env, id: string): Promise<void> {
  const tenant = await tenantsIn(openDatabase(env.DB)).find(id)
  if (!tenant) return
  const webhookSecret = await sealerOf(env).open(`${id}:webhookSecret`, tenant.sealedWebhookSecret)
  await tenantObject(env, id).configure({
    tenantId: id,
    webhookSecretHash: await sha256(webhookSecret),
    serves: companiesOf(tenant),
    sealedSigningSecrets: z.array(z.string()).parse(JSON.parse(tenant.sealedSigningSecrets ?? '[]')),
  })
}

/** Which two companies the tenant serves, as far as it is connected. */
const companiesOf = (tenant: Pick<Tenant, 'tribe' | 'powerOffice'>): Companies => ({
  organization: identityOf(TribeProfile.safeParse(tenant.tribe).data?.organizationId),
  client: identityOf(PowerOfficeProfile.safeParse(tenant.powerOffice).data?.clientId),
})

/** Refused credentials are the asker's to mend; silence of the other side is not. */
export async function refusable<T>(run: () => Promise<T>, status: 400 | 422 = 422): Promise<T> {
  try {
    return await run()
  } catch (thrown) {
    if (thrown instanceof SyncError && thrown.remedy !== 'time')
      throw new HttpError(status, thrown.code, thrown.message)
    throw thrown
  }
}
