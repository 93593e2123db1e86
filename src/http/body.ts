import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HttpError } from './errors'

/** What a delivery, and a request to the API, may hold. */
export const MOST_BYTES = 1024 * 1024
/** What a form of the console may hold. */
export const MOST_FORM_BYTES = 64 * 1024

/** A body that is larger is refused with 413 before it is read whole, whether or not its length was announced. */
export const atMost = (maxSize: number): MiddlewareHandler =>
  bodyLimit({
    maxSize,
    onError: () => {
      throw new HttpError(413, 'request.too_large', `The body may have ${maxSize / 1024} KiB at most`)
    },
  })
