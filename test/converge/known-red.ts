/**
 * Seeds that show a fault of the relay that is known and not mended yet, with what they show. They are told and not
 * counted; `--seed` runs them. One that is mended leaves the list.
 */
export const KNOWN_RED: Readonly<Record<number, string>> = {}
