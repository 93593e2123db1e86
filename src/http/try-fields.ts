import { createRoute } from '@hono/zod-openapi'
import { DIRECTIONS, FIELD_RECORDS } from '../shared/own-fields'
import { isPowerOfficeId, isTribeId } from '../shared/record-ids'
import { tenantObject } from '../tenant-object'
import { badRow, checkedRows, notReady } from './fields'
import { forTenantInTurn, inTurnErrors, json, routes, TenantPath } from './openapi'
import { Next, Shown } from './record-answer'
import * as z from './zod'

/** What a row of fields would do right now for a few records, before anybody saves it. */
export const tryFields = routes()

const MOST = 3

/** `<Tribe's id>:<PowerOffice's id>`, either of which may be left out. */
const Records = z
  .string()
  .max(1000)
  .transform((text, context) => {
    const parts = text.split(',').map((one) => one.split(':'))
    const read = parts.map(([tribeId, powerOfficeId]) => ({
      tribeId: tribeId?.toLowerCase() || null,
      powerOfficeId: powerOfficeId || null,
    }))
    const isRight = read.every(
      ({ tribeId, powerOfficeId }, index) =>
        parts[index]?.length === 2 &&
        (tribeId ?? powerOfficeId) !== null &&
        (tribeId === null || isTribeId(tribeId)),
    )
    if (isRight && read.length <= MOST) return read
    context.addIssue({ code: 'custom', message: `must be up to ${MOST} of tribeId:powerOfficeId` })
    return z.NEVER
  })
  .openapi({ type: 'string', example: '9b0f7a52-6d0f-4d1a-8f8e-2f4a1c0a7b11:100245' })

const Tried = z
  .object({
    records: z.array(
      z.object({
        tribeId: z.string().nullable(),
        powerOfficeId: z.string().nullable(),
        tribe: Shown,
        powerOffice: Shown,
        same: z.boolean().nullable(),
        next: Next,
        because: z.string(),
      }),
    ),
  })
  .openapi('TriedFieldRow')
export type TriedFieldRow = z.infer<typeof Tried>

const tryRow = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/fields/try',
  summary: 'What a row of fields would do right now for up to three records: both values, and what is next',
  description: 'Both systems are asked, and nothing of it is kept. The row need not be saved.',
  ...forTenantInTurn('Mappings'),
  request: {
    params: TenantPath,
    query: z
      .object({
        record: z.enum(FIELD_RECORDS),
        tribeField: z.string().min(1).max(200),
        powerOfficeField: z.string().min(1).max(200),
        direction: z.enum(DIRECTIONS),
        records: Records,
      })
      .refine(
        ({ record, records }) =>
          records.every(
            ({ powerOfficeId }) => powerOfficeId === null || isPowerOfficeId(record, powerOfficeId),
          ),
        { path: ['records'], message: 'an id in PowerOffice is a whole number, of an invoice a uuid' },
      ),
  },
  responses: {
    200: json(Tried, 'A row for each record, in the order in which they were asked for', {
      records: [
        {
          tribeId: '9b0f7a52-6d0f-4d1a-8f8e-2f4a1c0a7b11',
          powerOfficeId: '100245',
          tribe: 'Large',
          powerOffice: 'Small',
          same: false,
          next: 'to-tribe' as const,
          because: 'policy-poweroffice',
        },
      ],
    }),
    ...inTurnErrors,
    409: notReady,
    422: badRow,
  },
})
tryFields.openapi(tryRow, async (c) => {
  const { records, ...asked } = c.req.valid('query')
  const { rows } = await checkedRows(c, [asked])
  const object = tenantObject(c.env, c.get('tenant').id)
  const tried: TriedFieldRow['records'] = []
  for (const row of rows)
    for (const { tribeId, powerOfficeId } of records) {
      const seen = await object.tryRow(row, { tribeId, powerOfficeId })
      const { tribe, powerOffice, same, next, because } = seen
      tried.push({ tribeId, powerOfficeId, tribe, powerOffice, same, next, because })
    }
  return c.json({ records: tried }, 200)
})
