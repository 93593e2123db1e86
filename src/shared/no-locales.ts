/**
 * Stands for zod's messages in fifty languages, which `wrangler.toml` leaves out of the bundle: the relay tells its own texts,
 * and zod's English ones only to programs.
 */
export {}
