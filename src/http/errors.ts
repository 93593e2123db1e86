import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** An answer that is not what was asked for: `{"error":{code,message,details}}` (contract, "HTTP"). */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  constructor(
    readonly status: ContentfulStatusCode,
    readonly code: string,
    message: string,
    readonly details?: unknown,
    /** Seconds after which to come back. */
    readonly retryAfter?: number,
  ) {
    super(message)
  }
}

export const notFound = () => new HttpError(404, 'tenant.unknown', 'There is no such tenant')

/** Ids of tenants are made by us: anything else is nobody's, and wakes no object. */
export const isTenantId = (id: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)
