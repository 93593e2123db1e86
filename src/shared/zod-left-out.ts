/**
 * Stands for the parts of zod that the relay never calls, which `wrangler.toml` leaves out of the bundle: its messages in
 * fifty languages (the relay tells its own texts, and zod's English ones only to programs), what reads JSON schemas, and
 * its compiler (workerd evaluates no code that is made at run time). What makes JSON schemas stays: the API's description
 * finds bounds by it. Each name that zod imports from these parts is here; the build fails when a later zod asks for another.
 */
const none = (): undefined => undefined
const INVALID: unique symbol = Symbol('left out')
class LeftOut extends Error {}

export {
  // The compiler.
  INVALID,
  LeftOut as JSONSchemaGenerator,
  LeftOut as ZodCompileAsyncError,
  LeftOut as ZodCompileUnsupportedError,
  // JSON schemas.
  none as fromJSONSchema,
  none as compile,
  none as withParser,
}
