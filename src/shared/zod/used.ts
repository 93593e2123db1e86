/**
 * What the relay and `@hono/zod-openapi` use of zod: the only names of it in the bundle. All that is not here is 14 KiB
 * compressed. `test/architecture.test.ts` finds a name that the source uses and this does not have.
 */
import { coerce as coercing, iso as ofIso } from 'zod/v4'

export {
  array,
  boolean,
  custom,
  email,
  enum,
  guid,
  int,
  literal,
  looseObject,
  NEVER,
  null,
  number,
  object,
  partialRecord,
  record,
  strictObject,
  string,
  tuple,
  union,
  unknown,
  uuid,
  ZodError,
  ZodObject,
  ZodType,
} from 'zod/v4'

export const coerce = { number: coercing.number }
export const iso = { date: ofIso.date }
