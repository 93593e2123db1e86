import { expect, test } from 'vitest'
import {
  ARROWS,
  faultsIn,
  MOST_LINES,
  type Sources,
  settingsReadIn,
  spreadsIn,
  unusedIn,
} from './architecture'
import { lostReferences, referencesIn, saysOtherPaper } from './papers'
import { sourcesIn } from './sources'

const SRC = sourcesIn('src')

test('src keeps to its arrows, and has nothing that must not be there', () => {
  expect(SRC.size).toBeGreaterThan(50)
  expect(faultsIn(SRC)).toEqual([])
})

// ── The checker itself, on files that are made up ───────────────────────────

const files = (made: Record<string, string>): Sources =>
  new Map(Object.entries({ ...Object.fromEntries(BLANK.map((name) => [name, ''])), ...made }))
const BLANK = [
  ...['index.ts', 'cron.ts', 'env.ts', 'sync-step.ts', 'http/app.ts', 'db/links.ts', 'shared/api.ts'],
  ...['shared/dates.ts', 'tribe/client.ts', 'poweroffice/client.ts', 'tenant-sync/jobs.ts'],
  ...[
    'relations/sync.ts',
    'relations/relation.ts',
    'products/sync.ts',
    'invoices/sync.ts',
    'payments/sync.ts',
  ],
]

test.each([
  ['shared knows of the domain', 'shared/money.ts', `import { linksOf } from '../db/links'`],
  [
    'Tribe knows of PowerOffice',
    'tribe/auth.ts',
    `import { createPowerOffice } from '../poweroffice/client'`,
  ],
  [
    'PowerOffice knows of Tribe, if only a type',
    'poweroffice/auth.ts',
    `import type { Tribe } from '../tribe/client'`,
  ],
  ['the database knows of Tribe', 'db/tenants.ts', `import { createTribe } from '../tribe/client'`],
  [
    'a slice knows of the coordinator',
    'relations/sweep.ts',
    `import type { Jobs } from '../tenant-sync/jobs'`,
  ],
  ['a slice knows of the front door', 'products/sweep.ts', `import { app } from '../http/app'`],
  ['relations know of invoices', 'relations/sweep.ts', `import { syncInvoice } from '../invoices/sync'`],
  ['payments pass invoices by', 'payments/sweep.ts', `import { syncProduct } from '../products/sync'`],
  ['invoices know of payments', 'invoices/sweep.ts', `import { syncPayment } from '../payments/sync'`],
  ['relations know of products', 'relations/sweep.ts', `import {\n  syncProduct,\n} from '../products/sync'`],
  ['the front door syncs', 'http/records.ts', `import { syncCustomer } from '../relations/sync'`],
  [
    'the front door knows of a slice, if only a type',
    'http/status.ts',
    `import type { A } from '../relations/sync'`,
  ],
  [
    'the front door uses the coordinator',
    'http/status.ts',
    `import { type Job, jobsIn } from '../tenant-sync/jobs'`,
  ],
  ['the clock syncs', 'cron.ts', `import { syncCustomer } from './relations/sync'`],
  ['a route calls Tribe', 'http/records.ts', `import { createTribe } from '../tribe/client'`],
  ['something is exported on', 'shared/all.ts', `export * from '../db/links'`],
  ['something is imported for its effect', 'shared/all.ts', `import '../db/links'`],
  ['something is imported late', 'shared/all.ts', `const links = await import('../db/links')`],
  ['a folder is new', 'utils/strings.ts', `import { z } from 'zod'`],
  ['a file is imported that is not there', 'http/app.ts', `import { x } from './nowhere'`],
  [
    'a plan writes',
    'relations/plan.ts',
    `import { syncCustomer } from './sync'`,
    `import { x } from '../tribe/client'`,
  ],
  ['a mapping calls', 'invoices/mapping.ts', `import { callApi } from '../shared/api'`],
  ['a plan waits', 'payments/plan.ts', `export const plan = async () => await 1`],
  ['a plan reads the clock', 'relations/supplier-plan.ts', `const now = Date.now()`],
  ['what keeps two sides the same names a system', 'two-way/look.ts', `const gone = 'poweroffice'`],
  ['a job is named by hand', 'products/sweep.ts', `const subject = \`tribe:\${id}\``],
  ['a job is named by hand, by a side', 'two-way/look.ts', `const subject = \`\${STORED[side]}:\${id}\``],
  ['a subject is taken apart by hand', 'invoices/sync.ts', "const id = subject.replace(/^tribe:/, '')"],
  ['something says any', 'http/app.ts', `const answer = body as any`],
  ['something says any inside', 'http/app.ts', `const answers: Map<string, any> = new Map()`],
  ['something is sent in the open', 'shared/where.ts', `const url = 'http://api.tribecrm.nl'`],
  ['a body is logged', 'http/app.ts', `console.error('bad', { body })`],
  ['a token is logged', 'tenant-sync/drain.ts', `log('job', { ...about, adminToken: (x) })`],
  ['a file is too long', 'http/app.ts', 'x\n'.repeat(MOST_LINES + 1)],
])('it is a fault when %s', (_what, name, text, sync = '') => {
  const faults = faultsIn(files({ 'relations/sync.ts': sync, [name]: text }))

  expect(faults).not.toEqual([])
  for (const fault of faults) expect(fault).toContain(name)
})

test('it is a fault when imports go in a circle', () => {
  const made = { 'db/a.ts': `import { b } from './b'`, 'db/b.ts': `export { a } from './a'` }

  expect(faultsIn(files(made))).toHaveLength(2)
})

test.each([
  [
    'types of the coordinator at the front door',
    'http/status.ts',
    `import type { Job } from '../tenant-sync/jobs'`,
  ],
  ['only types, one by one', 'cron.ts', `import { type Step, type Subject } from './sync-step'`],
  ['payments, which know of invoices', 'payments/sweep.ts', `import { x } from '../invoices/sync'`],
  ['a plan that uses what is pure', 'relations/plan.ts', `import { canonical } from './relation'`],
  [
    'a plan that names a type of a client',
    'relations/plan.ts',
    `import type { Tribe } from '../tribe/client'`,
  ],
  ['an import in a comment', 'shared/dates.ts', `// import { x } from '../db/links'`],
  ['any in prose and in texts', 'http/app.ts', `/** Or any: any. */ const text = 'Nothing (any more): any'`],
  ['the columns of a link where sides are meant', 'two-way/look.ts', 'const id = link.powerOfficeId'],
  ['the name of a note', 'tribe/choices.ts', `const name = \`tribe:choices:\${set}\``],
  ['this machine', 'env.ts', `const url = 'http://127.0.0.1:8787'`],
  ['codes and ids in a log', 'cron.ts', `console.error('tick', { tenantId: id, cron, code })`],
])('it is no fault to have %s', (_what, name, text) => {
  expect(faultsIn(files({ [name]: text }))).toEqual([])
})

// ── What holds for src and test alike ──────────────────────────────────────

const ALL: Sources = new Map(
  ['src', 'test'].flatMap((folder) =>
    [...sourcesIn(folder)].map(([name, text]) => [`${folder}/${name}`, text] as const),
  ),
)

test('literals are written plainly', () => {
  expect(spreadsIn(ALL)).toEqual([])
  const made = new Map([
    ['src/a.ts', 'const a = { ...{ b, c }, d }'],
    ['src/b.ts', "// ...{ b }\nconst a = { ...b, c: '...{' }"],
  ])
  expect(spreadsIn(made)).toEqual(['src/a.ts: spreads a literal, whose members can stand by themselves'])
})

test('each paragraph that is cited is in the repository, and so is each paper', () => {
  const code = [...ALL].filter(
    ([path]) => !path.startsWith('test/papers') && !path.startsWith('test/architecture'),
  )
  expect(
    code.flatMap(([path, text]) => [...lostReferences(path, text), ...saysOtherPaper(path, text)]),
  ).toEqual([])
  expect(code.flatMap(([path, text]) => referencesIn(path, text)).length).toBeGreaterThan(100)
})

test('src exports nothing that only tests use', () => {
  expect(unusedIn(SRC)).toEqual([])
})

test('what nothing uses is found, and what is used is not', () => {
  const made = files({
    'shared/a.ts': 'export const one = 1\n// one\nexport function two() {}\nexport interface Three {}',
    'db/b.ts': "import { two, type Three } from '../shared/a'\nconst it: Three = two()",
  })
  expect(unusedIn(made)).toEqual(['shared/a.ts: exports one, which nothing uses'])
})

test('the settings that are read are found wherever they are read', () => {
  const made = {
    'env.ts': 'export interface Env {\n  DB: D1Database\n}\nconst s = z.object({\n  PUBLIC_URL: url,\n})',
    'http/app.ts': `const a = c.env.TENANT_SYNC; const b = settings.CALL_TIMEOUT_MS`,
  }

  expect(settingsReadIn(files(made))).toEqual(new Set(['DB', 'PUBLIC_URL', 'TENANT_SYNC', 'CALL_TIMEOUT_MS']))
})

test('the table of arrows names nothing twice and no stranger', () => {
  const places = Object.keys(ARROWS)
  for (const { uses, types = [] } of Object.values(ARROWS)) {
    const named = [...uses, ...types]
    expect(new Set(named).size).toBe(named.length)
    for (const name of named) expect(places).toContain(name.split('/')[0])
  }
})
