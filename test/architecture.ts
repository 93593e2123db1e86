/**
 * The arrows between the folders of src, and a few things that must never be found there. `faultsIn` reads
 * the text of the files and nothing else, so that it can be tried on files that are made up.
 */

/** Path below src → text. */
export type Sources = ReadonlyMap<string, string>

interface Arrows {
  /** Folders, and files without their ending, that it may use. */
  uses: readonly string[]
  /** These only for their types. */
  types?: readonly string[]
}

const SLICE: readonly string[] = [
  'facts',
  'two-way',
  'lookups',
  'sync-step',
  'tribe',
  'poweroffice',
  'db',
  'shared',
]
const SLICES = ['relations', 'products', 'invoices', 'payments']

const ASKED_BY_THE_OBJECT: readonly string[] = [
  'invoices/waiters',
  'invoices/cutoff',
  'payments/owed',
  'payments/ages',
  'payments/row-now',
  'payments/receivables',
]

/** Who may import whom. Every folder and every file of src has its line; the rest is forbidden. */
export const ARROWS: Readonly<Record<string, Arrows>> = {
  index: {
    uses: ['http/app', 'http/deliveries', 'cron', 'tenant-sync/tenant-sync', 'poweroffice/gate', 'nightly'],
    types: ['env'],
  },
  env: { uses: ['shared'], types: ['tenant-sync/tenant-sync', 'poweroffice/gate'] },
  // How the tenant's object is asked from outside.
  'tenant-object': { uses: ['env', 'shared'], types: ['tenant-sync/tenant-sync'] },
  cron: { uses: ['env', 'db', 'shared', 'slices', 'tenant-object'], types: ['sync-step'] },
  nightly: { uses: ['db', 'shared', 'tenant-object'], types: ['env'] },
  'sync-step': { uses: [], types: ['db', 'tribe', 'poweroffice', 'lookups', 'shared', 'facts'] },
  // What the tenant's object notes by name, and what each note holds.
  facts: { uses: ['shared'], types: ['db', 'tenant-sync'] },
  // What an admin can map, in both systems.
  lookups: { uses: ['shared', 'sync-step'], types: ['db', 'tribe', 'poweroffice', 'facts'] },
  // The front door enqueues and never syncs: of the coordinator it knows types, of the slices nothing.
  http: {
    uses: ['env', 'db', 'health', 'lookups', 'tribe', 'poweroffice', 'shared', 'console', 'tenant-object'],
    types: ['sync-step', 'tenant-sync'],
  },
  // A client of the API: of the front door it knows what its answers look like, and of the rest nothing.
  console: { uses: ['env', 'shared'], types: ['http', 'db'] },
  // Of the slices it knows what `slices` says, and what it is asked directly or has to know of its own jobs.
  'tenant-sync': {
    uses: ['env', 'health', 'slices', ...SLICE, ...ASKED_BY_THE_OBJECT],
    types: ['relations'],
  },
  // The table of contents: what each slice brings.
  slices: { uses: [...SLICES, 'lookups', 'shared', 'two-way'], types: ['db', 'sync-step'] },
  // What is well and what is not, and who is told.
  health: { uses: ['shared'], types: ['db'] },
  // How two records are kept the same, whichever systems they are in.
  'two-way': { uses: ['shared', 'sync-step'], types: ['db', 'facts'] },
  relations: { uses: SLICE },
  products: { uses: SLICE },
  invoices: { uses: [...SLICE, 'relations', 'products'] },
  payments: { uses: [...SLICE, 'invoices'] },
  tribe: { uses: ['shared'] },
  poweroffice: { uses: ['shared'] },
  db: { uses: ['shared'], types: ['two-way'] },
  shared: { uses: [] },
}

/** Of the front door, only these call the two systems: to try a connection, and to read lookups. */
const CALLERS = ['http/connections.ts', 'http/lookups.ts']
const CALLS = /^(tribe|poweroffice)\/(client|caller|auth|gate|catalog|roles|contacts|onboarding)\.ts$/

/** Rules and spellings are pure: they reach nothing but what is pure in their own slice, `two-way` and `shared`, and no clock or chance. */
const PURE = new RegExp(
  `^((${SLICES.join('|')})/((.*[-/])?(mapping(-\\w+)?|plan|row|catalog)|(.*/)?fields)|two-way/(merge|flapping|left-out|fields|plan))\\.ts$`,
)
/** What keeps two sides the same knows them as `crm` and `books`; links and counts are stored by the systems' names. */
const SIDES_ONLY = /^two-way\/(?!comparison\.ts)/
const COLUMNS =
  /\b(tribe(Id|Type|RelationId)|powerOffice(Id|ParentId|ChangedAt)|(among|findBy)(Tribe|PowerOffice))\b/g
const IMPURE = /\b(await|fetch\(|Date\.now|new Date\(\)|Math\.random|crypto\.|console\.)/

/** Shorter is better: what is over 300 lines usually does two things. */
export const MOST_LINES = 350
/** Said any when the rule came. */
const SAYS_ANY: readonly string[] = []

/** The subject of a record is spelled by `recordSubject` of `shared/subjects.ts`; a note of a set begins alike. */
const SUBJECT = /`(?:tribe|powerOffice|\$\{STORED[^}]*\}):\$\{|\^(?:tribe|powerOffice):/
const SPELLS_SUBJECTS = ['shared/subjects.ts', 'two-way/cutoff.ts']

const NOT_LOOPBACK = /http:\/\/(?!127\.0\.0\.1|localhost|\[::1\])[\w[]/
const ANY = /(?:[:<,|&([=?]\s*|\b(?:as|extends)\s+)any\b/
/** What a log must not hold, by the names that it has in the code. */
const TELLTALE =
  /\b(body|raw|payload|headers|authorization|password|credentials|contact|customer|organization|role|answer|\w*([tT]oken|[sS]ecret|[kK]ey))\b/

/** What is wrong, a line for each fault; empty when all is well. */
export function faultsIn(sources: Sources): string[] {
  const imports = new Map([...sources].map(([file, text]) => [file, importsOf(file, text, sources)]))
  const faults = [
    ...[...imports].flatMap(([file, edges]) => edges.flatMap((edge) => arrowFault(file, edge) ?? [])),
    ...[...imports.keys()].flatMap((file) => circleFault(file, imports) ?? []),
    ...[...imports.keys()].filter((file) => PURE.test(file)).flatMap((file) => reachFaults(file, imports)),
    ...[...sources].flatMap(([file, text]) => textFaults(file, text)),
  ]
  return [...new Set(faults)]
}

// ── Imports ─────────────────────────────────────────────────────────────────

interface Edge {
  /** Path below src; null for what is not a file there. */
  to: string | null
  specifier: string
  isTypeOnly: boolean
}

const FROM = /^(?:import|export)\s+(type\s+)?([\w*{][^'"`;=]*?)\s*from\s*['"]([^'"]+)['"]/gm
const BARE = /^import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm

function importsOf(file: string, text: string, sources: Sources): Edge[] {
  const code = withoutComments(text)
  const named = [...code.matchAll(FROM)].map(([, type, names = '', specifier = '']) => ({
    specifier,
    isTypeOnly: type !== undefined || /^\{(\s*type\s+[^,}]+,?)+\s*\}$/.test(names),
  }))
  const bare = [...code.matchAll(BARE)].map(([, statement, call]) => ({
    specifier: statement ?? call ?? '',
    isTypeOnly: false,
  }))
  return [...named, ...bare].map((edge) => ({ ...edge, to: targetOf(file, edge.specifier, sources) }))
}

function targetOf(file: string, specifier: string, sources: Sources): string | null {
  if (!specifier.startsWith('.')) return null
  const parts = file.split('/').slice(0, -1)
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  const path = parts.join('/')
  return [path, `${path}.ts`, `${path}.tsx`, `${path}/index.ts`].find((name) => sources.has(name)) ?? null
}

function arrowFault(file: string, { to, specifier, isTypeOnly }: Edge): string | null {
  const from = placeOf(file)
  const arrows = ARROWS[from]
  if (!arrows) return `${file}: "${from}" has no line in the table of arrows`
  if (!specifier.startsWith('.')) return null
  if (to === null) return `${file}: imports '${specifier}', which is not in src`
  if (placeOf(to) === from) return null
  if (from === 'http' && !isTypeOnly && CALLS.test(to) && !CALLERS.includes(file))
    return `${file}: uses ${to}, and only ${CALLERS.join(' and ')} may`
  const isAmong = (list: readonly string[] = []) =>
    list.some((name) => to === `${name}.ts` || to.startsWith(`${name}/`))
  if (isAmong(arrows.uses) || (isTypeOnly && isAmong(arrows.types))) return null
  return `${file}: must not import ${isAmong(arrows.types) ? 'more than types from ' : ''}${to}`
}

/** The folder at the top, or the file there without its ending. */
const placeOf = (file: string): string => (file.split('/')[0] ?? '').replace(/\.tsx?$/, '')

type Imports = ReadonlyMap<string, readonly Edge[]>

/** All files whose code comes along with this one's. */
function reachedFrom(file: string, imports: Imports): Set<string> {
  const reached = new Set<string>()
  const follow = (from: string) => {
    for (const { to, isTypeOnly } of imports.get(from) ?? []) {
      if (to === null || isTypeOnly || reached.has(to)) continue
      reached.add(to)
      follow(to)
    }
  }
  follow(file)
  return reached
}

const circleFault = (file: string, imports: Imports): string | null =>
  reachedFrom(file, imports).has(file) ? `${file}: imports itself, by way of others` : null

function reachFaults(file: string, imports: Imports): string[] {
  const places = [placeOf(file), 'shared']
  return [...reachedFrom(file, imports)]
    .filter((reached) => !PURE.test(reached))
    .filter((reached) => !places.includes(placeOf(reached)) || reached === 'shared/api.ts')
    .map((reached) => `${file}: is pure, and must not reach ${reached}`)
}

// ── Text ────────────────────────────────────────────────────────────────────

function textFaults(file: string, text: string): string[] {
  const code = withoutComments(text)
  const faults: string[] = []
  const lines = text.replace(/\n$/, '').split('\n').length
  if (lines > MOST_LINES) faults.push(`${file}: has ${lines} lines, and may have ${MOST_LINES}`)
  if (ANY.test(withoutTexts(code)) && !SAYS_ANY.includes(file)) faults.push(`${file}: says any`)
  if (NOT_LOOPBACK.test(code)) faults.push(`${file}: names an http:// address that is not this machine's`)
  if (SUBJECT.test(code) && !SPELLS_SUBJECTS.includes(file))
    faults.push(`${file}: spells the subject of a job by itself`)
  if (SIDES_ONLY.test(file)) {
    const name = /tribe|power ?office/i.exec(text.replace(COLUMNS, ''))
    if (name) faults.push(`${file}: names ${name[0]}, and knows two sides only`)
  }
  const impure = PURE.test(file) ? IMPURE.exec(withoutTexts(code)) : null
  if (impure) faults.push(`${file}: is pure, and has ${impure[1]}`)
  for (const call of logsIn(code))
    if (TELLTALE.test(call)) faults.push(`${file}: may log ${TELLTALE.exec(call)?.[1]}: ${call}`)
  return faults
}

/** Comments become blanks; "//" in a text, as in a URL, is none. */
function withoutComments(text: string): string {
  const parts = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\*[\s\S]*?\*\/|(?<![\\/])\/\/.*/g
  return text.replace(parts, (part) => (part.startsWith('/') ? '' : part))
}

const withoutTexts = (code: string): string => code.replace(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, "''")

/** The calls that write a log, up to the parenthesis that closes them. */
function logsIn(code: string): string[] {
  return [...code.matchAll(/\b(?:console\.\w+|log(?:Fault)?)\(/g)].map(({ 0: start, index }) => {
    let depth = 1
    let at = index + start.length
    for (; depth > 0 && at < code.length; at++) {
      if (code[at] === '(') depth++
      if (code[at] === ')') depth--
    }
    return code.slice(index, at).replace(/\s+/g, ' ')
  })
}

/** What is exported and named nowhere else in the code: what only tests use belongs to them. */
export function unusedIn(sources: Sources): string[] {
  const codes = [...sources].map(([file, text]) => [file, withoutComments(text)] as const)
  const times = new Map<string, number>()
  for (const [, code] of codes)
    for (const [word] of code.matchAll(/\w+/g)) times.set(word, (times.get(word) ?? 0) + 1)
  return codes.flatMap(([file, code]) =>
    [...code.matchAll(/^export (?:async )?(?:const|function\*?|class|interface|type) (\w+)/gm)]
      .filter(([, name = '']) => times.get(name) === 1)
      .map(([, name]) => `${file}: exports ${name}, which nothing uses`),
  )
}

/** Spread where members would do, they escape the check for ones that are too many. */
export const spreadsIn = (sources: Sources): string[] =>
  [...sources].flatMap(([file, text]) =>
    /\.\.\.\{/.test(withoutTexts(withoutComments(text)))
      ? [`${file}: spreads a literal, whose members can stand by themselves`]
      : [],
  )

/** Bindings and settings that the code reads, whatever it calls its environment. */
export function settingsReadIn(sources: Sources): Set<string> {
  const env = sources.get('env.ts') ?? ''
  const declared = [...env.matchAll(/^ {2}([A-Z][A-Z0-9_]+)\??:/gm)].map(([, name]) => name ?? '')
  const read = [...sources.values()].flatMap((text) =>
    [...text.matchAll(/\b(?:env|settings)\.([A-Z][A-Z0-9_]+)\b/g)].map(([, name]) => name ?? ''),
  )
  return new Set([...declared, ...read])
}
