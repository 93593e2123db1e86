import { createRoute } from '@hono/zod-openapi'
import { SyncError } from '../shared/errors'
import { fromMinor } from '../shared/money'
import { tenantObject } from '../tenant-object'
import { HttpError } from './errors'
import * as examples from './examples'
import { failing, forTenantInTurn, inTurnErrors, json, routes, TenantPath } from './openapi'
import * as z from './zod'

/** What a customer owes, asked live; nothing of it is kept. */
export const owed = routes()

const Owed = z
  .object({
    open: z.number(),
    overdue: z.number(),
    unallocatedCredit: z.number(),
    openInvoices: z.number(),
    oldestOverdueDays: z.number(),
    lastPaymentDate: z.string().nullable(),
    medianDaysToPay: z.number().nullable(),
    revenue12Months: z.number(),
  })
  .openapi('Receivables')
export type Owed = z.infer<typeof Owed>

const read = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/receivables',
  summary: 'What a customer owes this moment, and how it pays, as PowerOffice says',
  ...forTenantInTurn('Records'),
  request: { params: TenantPath, query: z.object({ powerOfficeId: z.string().min(1).max(40) }) },
  responses: {
    200: json(Owed, 'In the currency of the client', examples.owed),
    ...inTurnErrors,
    404: failing('tenant.unknown', 'record.unknown'),
    409: failing('tenant.not_ready'),
    422: failing('poweroffice.forbidden'),
  },
})
owed.openapi(read, async (c) => {
  const { id, sealedTribe, sealedClientKey } = c.get('tenant')
  if (!sealedTribe || !sealedClientKey)
    throw new HttpError(409, 'tenant.not_ready', 'Connect Tribe and PowerOffice first')
  const found = await tenantObject(c.env, id).owedBy(c.req.valid('query').powerOfficeId)
  if (found === null) throw new HttpError(404, 'record.unknown', 'The relay knows no such customer')
  if ('failure' in found) {
    const { code, remedy, message } = found.failure
    throw new SyncError(code, remedy, message)
  }
  const { open, overdue, unallocatedCredit, revenue12Months, ...rest } = found
  return c.json(
    {
      ...rest,
      open: fromMinor(open),
      overdue: fromMinor(overdue),
      unallocatedCredit: fromMinor(unallocatedCredit),
      revenue12Months: fromMinor(revenue12Months),
    },
    200,
  )
})
