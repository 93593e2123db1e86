import { createRoute } from '@hono/zod-openapi'
import type { Tenant } from '../db/tenants'
import type { Env } from '../env'
import type { OnboardedClient } from '../poweroffice/profile'
import { SyncError } from '../shared/errors'
import { identityOf } from '../shared/identity'
import { tenantObject } from '../tenant-object'
import { tryPowerOffice } from './connections'
import { heldFor, openedFor } from './consent'
import { HttpError } from './errors'
import { makeTenant } from './new-tenant'
import { body, failing, forOperator, json, operatorErrors, routes } from './openapi'
import * as z from './zod'

/** A consent of PowerOffice's that let the integration into several clients: a company is made for each of them. */
export const companies = routes()

const Made = z
  .object({
    tenantId: z.string().openapi({ description: 'For which the consent was begun; it stays as it is' }),
    companies: z.array(
      z.object({
        name: z.string(),
        organizationNumber: z.string().nullable(),
        outcome: z.enum(['made', 'held', 'refused', 'later']).openapi({
          description:
            '`held`: a company of this relay has this client already. `later`: ask again with the same consent',
        }),
        code: z.string().nullable().openapi({ description: 'Why PowerOffice refused the key' }),
        tenantId: z.string().nullable(),
        adminToken: z
          .string()
          .nullable()
          .openapi({ description: 'Of a company that was made; shown this once' }),
      }),
    ),
  })
  .openapi('CompaniesMade')
export type CompaniesMade = z.infer<typeof Made>
type Company = CompaniesMade['companies'][number]

/** Each costs two or three calls at the gate, which somebody waits for. */
const MOST_AT_ONCE = 20

const given = { consent: '3f6c1a52….kZ3v…' }
const make = createRoute({
  method: 'post',
  path: '/api/consents/companies',
  summary:
    'Makes a company for each client that was picked at PowerOffice, connected with it; twenty at a time. Asked again, it makes none twice',
  ...forOperator('Connections'),
  request: { body: body(z.strictObject({ consent: z.string().max(200) }), given) },
  responses: {
    200: json(Made, 'What became of each client', {
      tenantId: '3f6c1a52-9d0b-4e57-8a1e-0b7f5d2c4e19',
      companies: [
        {
          name: 'Fjordlys AS',
          organizationNumber: '923609016',
          outcome: 'made' as const,
          code: null,
          tenantId: 'b8a4c9d0-52f1-4c37-9e6a-1d2f3a4b5c6d',
          adminToken: 'kZ3v…, 43 characters',
        },
      ],
    }),
    ...operatorErrors,
    400: failing('request.invalid', 'tribe.consent_state_unknown'),
  },
})
companies.openapi(make, async (c) => {
  const { tenant, secret } = await heldFor(c, c.req.valid('json').consent)
  const held = await openedFor(c.env, tenant, secret)
  if (!('clients' in held))
    throw new HttpError(400, 'request.invalid', 'This consent is one of Tribe’s, for a single company')
  const done: Company[] = []
  for (const client of held.clients) done.push(await companyFor(c.env, tenant, client, done))
  c.set(
    'made',
    done.flatMap(({ outcome, tenantId }) => (outcome === 'made' && tenantId ? [tenantId] : [])),
  )
  // What PowerOffice did not answer for is still to be had.
  if (done.every(({ outcome }) => outcome !== 'later'))
    await tenantObject(c.env, tenant.id).releaseConsent(secret)
  return c.json({ tenantId: tenant.id, companies: done }, 200)
})

async function companyFor(
  env: Env,
  asker: Tenant,
  { name, organizationNumber, clientKey }: OnboardedClient,
  before: readonly Company[],
): Promise<Company> {
  const told = (outcome: Company['outcome'], more: Partial<Company> = {}): Company => ({
    name,
    organizationNumber,
    outcome,
    code: null,
    tenantId: null,
    adminToken: null,
    ...more,
  })
  const isTooMuch = before.filter(({ outcome }) => outcome === 'made').length >= MOST_AT_ONCE
  if (isTooMuch || before.at(-1)?.outcome === 'later') return told('later')
  try {
    const profile = await tryPowerOffice(env, asker.id, clientKey)
    if (identityOf(profile.clientId) === null)
      return told('refused', { code: 'poweroffice.identity_unclear' })
    const made = await makeTenant(env, {
      name: (name.trim() || profile.clientName || organizationNumber || 'PowerOffice').slice(0, 200),
      powerOffice: { clientKey, profile },
    })
    return made === 'held'
      ? told('held')
      : told('made', { tenantId: made.tenant.id, adminToken: made.adminToken })
  } catch (thrown) {
    if (!(thrown instanceof SyncError)) throw thrown
    return thrown.remedy === 'time' ? told('later') : told('refused', { code: thrown.code })
  }
}
