import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** An answer that is not what was asked for: `{"error":{code,message,details}}`. */
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
