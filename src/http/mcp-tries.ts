import { SettingsChange, TenantSettings, withChange } from '../db/settings'
import { type DryRunAnswer, DryRunAsked } from './dry-run'
import { type ActTool, ApiRefusal, type Ask, Ids, of, pages, queryOf, type ReadTool } from './mcp-tool'
import { Kind, type RecordAnswer } from './record-answer'
import type { UndoAnswer } from './undo'
import * as z from './zod'

/** What an assistant tries before it is done, and what it takes back: each asking tool gives the confirmation that the acting one needs. */

/** An assistant says nothing of where messages go, or by which secret: whoever has misled it would listen from then on. */
const Settings = SettingsChange.omit({ alerts: true, events: true })
const { units, vat, fields } = DryRunAsked.shape
const Changed = {
  change: Settings.optional().describe('Any part of the settings but where alerts and events go'),
  units: units.describe('All mappings of units, in place of those of before'),
  vat: vat.describe('All mappings of VAT groups, in place of those of before'),
  fields: fields.describe('All rows of own fields, in place of those of before'),
}
const ChangeGiven = z.object(Changed)
type ChangeGiven = z.infer<typeof ChangeGiven>

export const TRYING_READS: Readonly<Record<string, ReadTool>> = {
  dry_run: {
    title: 'What a change of the settings would do',
    description:
      'Tries a change of settings (change), mappings (units, vat) or own fields (fields) without writing anything. It takes a while: call it again with the dryRunId that it gives until its state is done. Then it tells what would be written, and gives the confirmation that change_settings needs for exactly this change.',
    input: of({ ...Changed, dryRunId: z.string().max(100).optional(), ...pages }),
    async read(ask, at, given) {
      const { dryRunId, change, page, pageSize, ...mappings } = given
      const begun = dryRunId ? { dryRunId } : await begin(ask, at, { settings: change, ...mappings })
      const query = queryOf({ page, pageSize }, ['page', 'pageSize'])
      const found = await ask('GET', `${at}/dry-run/${encodeURIComponent(String(begun.dryRunId))}${query}`)
      return { ...begun, ...(found as DryRunAnswer) }
    },
    leadsTo(answer) {
      const { state, change } = answer as DryRunAnswer
      if (state !== 'done') return null
      const { settings, ...mappings } = change
      const tried = z
        .strictObject(Changed)
        .safeParse({ ...mappings, ...(settings ? { change: settings } : {}) })
      // One that was begun elsewhere may hold what is not an assistant's to change.
      return tried.success ? { action: 'change_settings', given: tried.data } : null
    },
  },
  undo_preview: {
    title: 'What an undo of the first load would do',
    description:
      'Works out what would be deleted in Tribe, what gets its former values back, and what stays since somebody touched it; changes nothing. Call it again until its state is previewed: then it gives the confirmation that undo needs. With anew it is worked out again. Once an undo is done, it tells what became of each record.',
    input: of({ anew: z.boolean().optional(), ...pages }),
    async read(ask, at, { anew, ...given }) {
      const path = `${at}/undo${queryOf(given, ['page', 'pageSize'])}`
      const found = (await ask('GET', path)) as UndoAnswer
      const isToBegin = anew === true || found.state === 'none' || found.state === 'failed'
      if (!isToBegin) return found
      await ask('POST', `${at}/undo`, { what: 'first-load' })
      return ask('GET', path)
    },
    leadsTo: (answer) =>
      (answer as UndoAnswer).state === 'previewed' ? { action: 'undo', given: {} } : null,
  },
}

async function begin(ask: Ask, at: string, change: Record<string, unknown>) {
  const asked = Object.fromEntries(Object.entries(change).filter(([, part]) => part !== undefined))
  // `tenantId` says whose it is, and is no part of it.
  const { tenantId: _, ...body } = asked
  refuseNothing(body)
  return (await ask('POST', `${at}/dry-run`, body)) as { dryRunId: string }
}

function refuseNothing(change: object): void {
  if (Object.keys(change).length === 0)
    throw new ApiRefusal(400, 'request.invalid', 'Say what is to be changed: change, units, vat or fields')
}

export const TRYING_ACTS: Readonly<Record<string, ActTool>> = {
  change_settings: {
    title: 'Change settings',
    description:
      'Any part of the settings but where alerts and events go (change), mappings (units, vat), own fields (fields). Others than before change what is written to both systems: dry_run tells what.',
    input: of(Changed),
    async preview(ask, at, given) {
      const change = partsOf(given)
      refuseNothing(change)
      return { wouldChange: await differencesOf(ask, at, change) }
    },
    async act(ask, at, given) {
      const { change, units, vat, fields } = partsOf(given)
      const done: Record<string, unknown> = {}
      if (change) done.settings = await ask('PATCH', `${at}/settings`, change)
      if (units) done.units = await ask('PUT', `${at}/mappings/units`, units)
      if (vat) done.vat = await ask('PUT', `${at}/mappings/vat`, vat)
      if (fields) done.fields = await ask('PUT', `${at}/fields`, fields)
      return done
    },
  },
  undo: {
    title: 'Take back the first load',
    description:
      'Deletes in Tribe what the first load made there and nobody has touched since, and brings back what it overwrote, where that was kept. The sync is paused then. Ask undo_preview first.',
    input: of({}),
    async preview(ask, at) {
      const { state, at: workedOutAt, counts } = (await ask('GET', `${at}/undo?pageSize=1`)) as UndoAnswer
      if (state !== 'previewed')
        throw new ApiRefusal(409, 'undo.not_previewed', 'Nobody has seen what it would do: ask undo_preview')
      return { workedOutAt, counts }
    },
    act: (ask, at) => ask('POST', `${at}/undo/confirm`),
  },
  undo_change: {
    title: 'Take back one change',
    description:
      'Writes back what one change of the relay overwrote, by the id of its entry in the timeline of a record, as long as it was kept and nobody has changed it since.',
    input: of({ kind: Kind, ...Ids, entryId: z.int() }),
    async preview(ask, at, given) {
      const query = queryOf(given, ['kind', 'tribeId', 'powerOfficeId'])
      const { timeline, ...record } = (await ask('GET', `${at}/records${query}`)) as RecordAnswer
      const entry = timeline.find(({ id }) => id === given.entryId)
      if (!entry) throw new ApiRefusal(404, 'record.unknown', 'The record has no such entry in its timeline')
      const { kind, tribeId, powerOfficeId, number } = record
      const names = ['kind', 'tribeId', 'powerOfficeId', 'entryId']
      const former = await ask('GET', `${at}/records/undo${queryOf(given, names)}`)
      return { wouldTakeBack: entry, of: { kind, tribeId, powerOfficeId, number }, former }
    },
    act: (ask, at, { kind, tribeId, powerOfficeId, entryId }) =>
      ask('POST', `${at}/records/undo`, { kind, tribeId, powerOfficeId, entryId }),
  },
}

const partsOf = (given: Record<string, unknown>): ChangeGiven => {
  const { change, units, vat, fields } = ChangeGiven.parse(given)
  return {
    ...(change ? { change } : {}),
    ...(units ? { units } : {}),
    ...(vat ? { vat } : {}),
    ...(fields ? { fields } : {}),
  }
}

/** What would be others than before, as things are now. */
async function differencesOf(ask: Ask, at: string, { change, units, vat, fields }: ChangeGiven) {
  const found: unknown[] = []
  if (change) {
    const before = TenantSettings.parse(await ask('GET', `${at}/settings`))
    found.push(...differences(before, withChange(before, change)))
  }
  const replaced = async (
    setting: string,
    path: string,
    after: unknown,
    memberOf: (answer: unknown) => unknown,
  ) => {
    const before = memberOf(await ask('GET', `${at}${path}`))
    if (JSON.stringify(before) !== JSON.stringify(after)) found.push({ setting, before, after })
  }
  const mappings = (answer: unknown) => (answer as { mappings: unknown }).mappings
  if (units) await replaced('units', '/mappings/units', units.mappings, mappings)
  if (vat) await replaced('vat', '/mappings/vat', vat.mappings, mappings)
  if (fields)
    await replaced('fields', '/fields', fields.mapped, (answer) => (answer as { mapped: unknown }).mapped)
  return found
}

function differences(before: object, after: object, path = ''): unknown[] {
  const [was, is] = [before as Record<string, unknown>, after as Record<string, unknown>]
  return Object.keys(is).flatMap((name) => {
    const [one, other] = [was[name], is[name]]
    const setting = path ? `${path}.${name}` : name
    if (JSON.stringify(one) === JSON.stringify(other)) return []
    const areObjects = [one, other].every(
      (value) => typeof value === 'object' && value && !Array.isArray(value),
    )
    return areObjects
      ? differences(one as object, other as object, setting)
      : [{ setting, before: one ?? null, after: other ?? null }]
  })
}
