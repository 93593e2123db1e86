import * as z from 'zod/v4'

/**
 * What the other systems' answers are held against while they are read (DESIGN.md §9.13): paths and types, and never a
 * value, which nothing here keeps or tells.
 */

export type System = 'tribe' | 'poweroffice'

/** Something that an answer did not hold as the relay reads it. */
export interface Misread {
  /** The resource and the members down to it: `Customers.MailAddress.City`, `OutgoingInvoices[].Id`. */
  path: string
  reads: string
  found: string
  /** The member without which the record is read all the same: its field rests meanwhile. */
  rests: string | null
}

/** What is known of a resource besides the schema that reads it. */
export interface Known {
  system: System
  /** `Customers`, `Activity_Invoice`. */
  name: string
  /** Members that each record says, empty or not, as long as the other system says what is empty. */
  members: readonly string[]
  /** Members that are a field and nothing else: the field rests when its member is gone. */
  fields: readonly string[]
  /** Those of them that a record is read without when they hold something else. */
  absorbed: readonly string[]
  /** The values of members that go by a list, as the other system's description has them. */
  choices: Readonly<Record<string, readonly string[]>>
}

/** Is told of each answer; it makes no call, and writes nothing as long as nothing has drifted. */
export interface ContractWatch {
  misread(known: Known, what: readonly Misread[]): void
  /** Records that were read as expected. */
  read(known: Known, rows: readonly unknown[]): void
}

export const NOTHING_MORE: Pick<Known, 'members' | 'fields' | 'absorbed' | 'choices'> = {
  members: [],
  fields: [],
  absorbed: [],
  choices: {},
}

/** The record as the schema reads it; null when it cannot be read, not even without what it can be read without. */
export function readAs<T>(
  schema: z.ZodType<T>,
  item: unknown,
  known: Known,
  watch: ContractWatch | undefined,
): { row: T } | null {
  const parsed = schema.safeParse(item)
  if (parsed.success) return { row: parsed.data }
  const { issues } = parsed.error
  watch?.misread(
    known,
    issues.map((issue) => misreadOf(issue, item, known)),
  )
  const whole = absorbed(item, issues, watch ? known.absorbed : [])
  const again = whole === null ? null : schema.safeParse(whole)
  return again?.success ? { row: again.data } : null
}

// ── What was found ──────────────────────────────────────────────────────────

type Issue = z.core.$ZodIssue

/** The type of a value; `missing` where there is none. */
export function typeOf(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  return TYPES[typeof value] ?? 'record'
}

const TYPES: Readonly<Record<string, string>> = { string: 'text', number: 'number', boolean: 'boolean' }
const EXPECTED: Readonly<Record<string, string>> = {
  ...TYPES,
  int: 'whole number',
  array: 'list',
  object: 'record',
}

function misreadOf(issue: Issue, item: unknown, known: Known): Misread {
  const found = valueAt(item, issue.path)
  const [first] = issue.path
  const canRest = typeof first === 'string' && known.absorbed.includes(first)
  return {
    path: `${known.name}${pathOf(issue.path)}`,
    reads: [...new Set(readBy(issue))].join(' or '),
    found: typeOf(found),
    rests: canRest && mended(issue, found) === undefined ? first : null,
  }
}

function readBy(issue: Issue): string[] {
  if (issue.code === 'invalid_union') return issue.errors.flat().flatMap(readBy)
  return issue.code === 'invalid_type' ? [EXPECTED[issue.expected] ?? issue.expected] : ['another form']
}

const pathOf = (path: readonly PropertyKey[]): string =>
  path.map((step) => (typeof step === 'number' ? '[]' : `.${String(step)}`)).join('')

const valueAt = (item: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((held, step) => Object(held)[step], item)

const rowsOf = (held: unknown): unknown[] => (Array.isArray(held) ? held : [])

/** The values that a record holds at a path that was told, below its resource; lists are gone through. */
export function valuesAt(row: unknown, path: string): unknown[] {
  let held = [row]
  for (const [step] of path.matchAll(/\[\]|[^.[\]]+/g))
    held = held.flatMap((one) => (step === '[]' ? rowsOf(one) : [Object(one)[step]]))
  return held
}

// ── What can be absorbed ────────────────────────────────────────────────────

/**
 * A number or a flag that is spelled as a text says the same. The other way round it might not: a postal code that
 * became a number has lost its zeros.
 */
function mended(issue: Issue, found: unknown): number | boolean | undefined {
  if (typeof found !== 'string') return undefined
  const wanted = readBy(issue)
  if (wanted.includes('boolean') && /^(true|false)$/i.test(found)) return found.toLowerCase() === 'true'
  if (!wanted.some((one) => /number$/.test(one)) || !/^-?\d{1,15}(\.\d{1,8})?$/.test(found)) return undefined
  return Number(found)
}

/** The record with what can be mended, and without what it can be read without; null when something else stands in the way. */
function absorbed(item: unknown, issues: readonly Issue[], members: readonly string[]): unknown {
  if (typeof item !== 'object' || item === null) return null
  const whole = structuredClone(item)
  for (const { issue, value, first } of issues.map((one) => ({
    issue: one,
    value: mended(one, valueAt(item, one.path)),
    first: one.path[0],
  }))) {
    if (value !== undefined) {
      const last = issue.path.at(-1) ?? ''
      Object(valueAt(whole, issue.path.slice(0, -1)))[last] = value
    } else if (typeof first === 'string' && members.includes(first))
      delete (whole as Record<string, unknown>)[first]
    else return null
  }
  return whole
}

/** The members that a schema reads of a record. */
export const membersOf = (schema: unknown): string[] =>
  schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
