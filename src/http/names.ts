import { createRoute } from '@hono/zod-openapi'
import { within } from '../shared/limit'
import { tenantObject } from '../tenant-object'
import * as examples from './examples'
import { forTenantInTurn, inTurnErrors, json, routes, TenantPath } from './openapi'
import { Kind } from './record-answer'
import * as z from './zod'

/** What records on a page are called. */
export const names = routes()

const MOST = 50
/** A page does not wait for longer: the ids stand there, then. */
const ASKED_WITHIN_MS = 5000

const NamesAnswer = z
  .object({
    names: z.array(
      z.object({
        kind: Kind,
        tribeId: z.string().nullable(),
        powerOfficeId: z.string().nullable(),
        name: z.string(),
      }),
    ),
  })
  .openapi('RecordNames')
export type NamesAnswer = z.infer<typeof NamesAnswer>

/** `customer:<Tribe's id>:<PowerOffice's id>`, either of which may be left out. */
const Which = z
  .string()
  .max(8000)
  .transform((text, context) => {
    const parts = text.split(',').map((one) => one.split(':'))
    const read = parts.map(([kind, tribeId, powerOfficeId, ...more]) => ({
      kind: more.length === 0 ? Kind.safeParse(kind).data : undefined,
      tribeId: tribeId || null,
      powerOfficeId: powerOfficeId || null,
    }))
    const known = read.flatMap(({ kind, tribeId, powerOfficeId }) =>
      kind && (tribeId ?? powerOfficeId) !== null ? [{ kind, tribeId, powerOfficeId }] : [],
    )
    if (known.length === parts.length && known.length <= MOST) return known
    context.addIssue({ code: 'custom', message: `must be up to ${MOST} of kind:tribeId:powerOfficeId` })
    return z.NEVER
  })
  .openapi({ type: 'string', example: 'customer:2f1c…:1001,product::17' })

const read = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/records/names',
  summary: 'What records are called: asked live for a list of them, in few calls, and kept nowhere',
  description:
    'A record that has no name, or whose systems do not answer, is left out. Invoices go by their numbers.',
  ...forTenantInTurn('Records'),
  request: { params: TenantPath, query: z.object({ records: Which }) },
  responses: {
    200: json(NamesAnswer, 'The names', examples.names),
    ...inTurnErrors,
  },
})
names.openapi(read, async (c) => {
  const object = tenantObject(c.env, c.get('tenant').id)
  const ask = async () => object.names(c.req.valid('query').records)
  const found = await within(ASKED_WITHIN_MS, ask()).catch(() => [])
  return c.json(
    {
      names: found.map(({ kind, tribeId, powerOfficeId, name }) => ({ kind, tribeId, powerOfficeId, name })),
    },
    200,
  )
})
