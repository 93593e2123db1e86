import type { Link } from '../db/links'
import { notAllowed, refusedBy, restingAmong, restRow, wakeRow, workingAmong } from '../lookups/field-watch'
import { TELLING } from '../lookups/told-edits'
import { ApiError } from '../shared/errors'
import { forEachLimited } from '../shared/limit'
import { type FieldMapping, type FieldPlace, goesToTribe } from '../shared/own-fields'
import { type OwnValue, printable, toTribe } from '../shared/own-values'
import { recordSubject } from '../shared/subjects'
import { DONE, type Step, type SyncContext } from '../sync-step'
import { setOfType } from '../tribe/sets'
import { entryFor } from '../two-way/link'
import { again } from '../two-way/rows'
import { type FieldFacts, listOfField, readFacts } from './field-facts'

/**
 * Tells Tribe what only the books know: what each customer owes and how it pays, and what became of each invoice. A
 * field is written where its value is another than the one that was written last, of which a fingerprint is kept.
 */

/** Rows of what the relay works out, which go to Tribe alone. */
const toldAmong = (rows: readonly FieldMapping[]) =>
  rows.filter((row) => goesToTribe(row.direction) && listOfField(row.powerOfficeField) !== null)

/** Asks for it, when there is anything to tell. */
export function askToTell(ctx: SyncContext): void {
  if (toldAmong(ctx.fields.rows).length > 0) ctx.enqueue({ kind: 'tell-fields', subject: '', lane: 'bulk' })
}

/** What one run has read and found out; it is none the wiser after a restart. */
interface Run {
  facts: FieldFacts
  rows: FieldMapping[]
  /** How often Tribe refused a value of a row. */
  refusals: Map<FieldMapping, number>
  /** Ids of what is chosen from, by list and name. */
  choices: Map<string, ReadonlyMap<string, string>>
  hasLooked: boolean
  /** How far it has come: pairs that are done, of all. */
  done: number
}

const RUN = TELLING
const CHUNK = 100
const AT_ONCE = 4
/** Values of one field that Tribe refuses, until the rest of them is left for the next run. */
const MOST_REFUSED = 5

/** The job `tell-fields`. Without a mapping nothing is read. */
export const tellFields: Step = async (ctx) => {
  const rows = toldAmong(ctx.fields.rows)
  if (rows.length === 0) return DONE
  const run = (ctx.cache.get(RUN) as Run | undefined) ?? (await begin(ctx, rows))
  ctx.cache.set(RUN, run)
  try {
    const pairs = await pairsOf(ctx, run)
    while (run.done < pairs.length) {
      if (run.done > 0 && ctx.mustYield()) return again('a push is due')
      ctx.stillHolds()
      const chunk = pairs.slice(run.done, run.done + CHUNK)
      for (const kind of ['customer', 'invoice'] as const)
        await tellChunk(
          ctx,
          run,
          kind,
          chunk.filter((pair) => pair.kind === kind).map(({ powerOfficeId }) => powerOfficeId),
        )
      run.done += chunk.length
    }
  } catch (thrown) {
    // What was read may be old by the time it goes on.
    ctx.cache.delete(RUN)
    throw thrown
  }
  ctx.cache.delete(RUN)
  for (const row of run.rows) if (!run.refusals.has(row)) wakeRow(ctx, row)
  return DONE
}

async function begin(ctx: SyncContext, rows: readonly FieldMapping[]): Promise<Run> {
  // A row that rests is tried again once Tribe has its field.
  const resting = restingAmong(ctx, rows)
  const working = resting.length > 0 ? await workingAmong(ctx, rows) : rows
  const facts = await readFacts(ctx, working)
  for (const { row, said } of facts.refused) restRow(ctx, row, notAllowed(row, said))
  return {
    facts,
    rows: working.filter((row) => !facts.refused.some((one) => one.row === row)),
    refusals: new Map(),
    choices: new Map(),
    hasLooked: resting.length > 0,
    done: 0,
  }
}

type Pair = { kind: 'customer' | 'invoice'; powerOfficeId: string }

async function pairsOf(ctx: SyncContext, { rows, facts }: Run): Promise<Pair[]> {
  const has = (record: FieldMapping['record']) => rows.some((row) => row.record === record)
  const customers = has('customer') ? await ctx.links.pairs('customer') : []
  const invoices = has('invoice') ? [...facts.invoices.keys()].toSorted() : []
  return [
    ...customers
      .map(({ powerOfficeId }) => ({ kind: 'customer' as const, powerOfficeId }))
      .toSorted((a, b) => (a.powerOfficeId < b.powerOfficeId ? -1 : 1)),
    ...invoices.map((powerOfficeId) => ({ kind: 'invoice' as const, powerOfficeId })),
  ]
}

async function tellChunk(ctx: SyncContext, run: Run, kind: Pair['kind'], ids: readonly string[]) {
  if (ids.length === 0) return
  const linked = (await ctx.links.amongPowerOffice(kind, ids)).filter(({ state }) => state === 'linked')
  const links = kind === 'customer' ? await withRelations(ctx, linked) : linked
  const told = new Map(
    (
      await ctx.fields.told.among(
        kind,
        links.map(({ tribeId }) => tribeId),
      )
    ).map(({ tribeId, prints }) => [tribeId, prints]),
  )
  const news: { tribeId: string; prints: Record<string, string> }[] = []
  try {
    await forEachLimited(links, ctx.isPaced() ? 1 : AT_ONCE, async (link) => {
      const before = told.get(link.tribeId) ?? {}
      const written = await tellOne(ctx, run, link, before)
      if (written) news.push({ tribeId: link.tribeId, prints: { ...before, ...written } })
    })
  } finally {
    await ctx.fields.told.saveAll(kind, news)
    await ctx.flush()
  }
}

/** As many ids as an address of six kilobytes holds. */
const IDS_AT_ONCE = 50

/** With the companies and persons behind roles of which these are not known yet: asked for once, and noted. */
async function withRelations(ctx: SyncContext, links: readonly Link[]): Promise<readonly Link[]> {
  const known = new Map<string, string>()
  const unknown = links.filter((link) => link.tribeRelationId === null)
  for (const type of new Set(unknown.map(({ tribeType }) => tribeType))) {
    const ids = unknown.filter(({ tribeType }) => tribeType === type).map(({ tribeId }) => tribeId)
    for (let at = 0; at < ids.length; at += IDS_AT_ONCE)
      for (const role of await ctx.tribe.rolesById(setOfType(type), ids.slice(at, at + IDS_AT_ONCE))) {
        const relation = role.Organization ?? role.Person
        if (relation) known.set(role.ID, relation.ID)
      }
  }
  if (known.size === 0) return links
  const found = [...known].map(([tribeId, relationId]) => ({ tribeId, relationId }))
  await ctx.links.learnRelations('customer', found)
  return links.map((link) => ({
    ...link,
    tribeRelationId: link.tribeRelationId ?? known.get(link.tribeId) ?? null,
  }))
}

/** A value that is another than the one written last, and where it goes. */
interface Change {
  row: FieldMapping
  place: FieldPlace
  value: OwnValue
  print: string
}

/** `before`: the fingerprints of what was written last. */
async function changesOf(
  ctx: SyncContext,
  run: Run,
  link: Link,
  before: Readonly<Record<string, string>>,
): Promise<Change[]> {
  const values =
    link.kind === 'customer'
      ? run.facts.customer(link.powerOfficeId)
      : run.facts.invoices.get(link.powerOfficeId)
  if (!values) return []
  const changes: Change[] = []
  for (const row of run.rows) {
    if (row.record !== link.kind || (run.refusals.get(row) ?? 0) >= MOST_REFUSED) continue
    const place = row.places.find(({ of }) => of === setOfType(link.tribeType))
    if (!place) continue
    const value = toTribe(values[row.powerOfficeField] ?? null, row.powerOfficeType, row.tribeType)
    const print = await ctx.fingerprint(printable(value))
    if (print !== (before[row.tribeField] ?? '')) changes.push({ row, place, value, print })
  }
  return changes
}

/** Gives the fingerprints of what was written; null when nothing was. */
async function tellOne(
  ctx: SyncContext,
  run: Run,
  link: Link,
  before: Readonly<Record<string, string>>,
): Promise<Record<string, string> | null> {
  const changes = await changesOf(ctx, run, link, before)
  const written: Change[] = []
  for (const set of new Set(changes.map(({ place }) => place.set))) {
    const mine = changes.filter(({ place }) => place.set === set)
    const id = mine[0]?.place.via === '' ? link.tribeId : link.tribeRelationId
    if (id !== null) written.push(...(await write(ctx, run, { set, id, link }, mine)))
  }
  if (written.length === 0) return null
  const fields = written.map(({ row }) => row.powerOfficeField)
  ctx.remember(null, entryFor(ctx, link)('updated-tribe', { fields }))
  return Object.fromEntries(written.map(({ row, print }) => [row.tribeField, print]))
}

interface Target {
  set: string
  id: string
  link: Link
}

/** Writes them together; where Tribe refuses that, one by one, and what it refuses is told by name. */
async function write(
  ctx: SyncContext,
  run: Run,
  target: Target,
  changes: readonly Change[],
): Promise<readonly Change[]> {
  try {
    const fields: Record<string, unknown> = {}
    for (const change of changes) fields[change.place.name] = await wireOf(ctx, run, change)
    const texts = changes.filter(({ row }) => row.tribeType === 'text').map(({ place }) => place.name)
    await ctx.tribe.updateFields(target.set, target.id, fields, texts)
    return changes
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.remedy !== 'data') throw thrown
    if (thrown.status !== 404) return writeUnrefused(ctx, run, target, changes, thrown)
    // Deleted in Tribe, or hidden: a look of its own tells which.
    const { kind, tribeId } = target.link
    ctx.enqueue({ kind, subject: recordSubject('tribe', tribeId), lane: 'bulk' })
    return []
  }
}

/** Writes what is left of changes that Tribe refused together. */
async function writeUnrefused(
  ctx: SyncContext,
  run: Run,
  target: Target,
  changes: readonly Change[],
  { said }: ApiError,
): Promise<readonly Change[]> {
  const left = await stillThere(ctx, run, changes)
  if (left.length === 0) return []
  if (left.length < changes.length) return write(ctx, run, target, left)
  const [only, ...others] = changes
  if (only && others.length === 0) {
    run.refusals.set(only.row, (run.refusals.get(only.row) ?? 0) + 1)
    restRow(ctx, only.row, refusedBy(only.row, said))
    return []
  }
  const written: Change[] = []
  for (const change of changes) written.push(...(await write(ctx, run, target, [change])))
  return written
}

/** The changes whose fields Tribe still has as they were mapped: it is asked once in a run. */
async function stillThere(ctx: SyncContext, run: Run, changes: readonly Change[]): Promise<Change[]> {
  if (!run.hasLooked) {
    run.hasLooked = true
    run.rows = await workingAmong(ctx, run.rows)
  }
  return changes.filter(({ row }) => run.rows.includes(row))
}

/** A choice goes by the id of the record that bears its name. */
async function wireOf(ctx: SyncContext, run: Run, { row, place, value }: Change): Promise<unknown> {
  if (row.tribeType !== 'choice' || place.list === null || value === null) return value
  const known = run.choices.get(place.list) ?? (await ctx.tribe.choicesIn(place.list))
  run.choices.set(place.list, known)
  const id = known.get(String(value).toLowerCase())
  if (id === undefined) {
    const said = `there is no "${value}" in the list`
    throw new ApiError('tribe.refused', 'data', said, 400, said)
  }
  return { ID: id }
}
