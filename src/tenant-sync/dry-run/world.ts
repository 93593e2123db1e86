import type { PatchOperation } from '../../poweroffice/caller'
import type { ProductGroup } from '../../poweroffice/schemas'
import type { SyncContext } from '../../sync-step'
import type { Lookup } from '../../tribe/schemas'

/** What a dry run takes to be so, though nothing of it was written: made records, changed members, and a list of all writes. */

export interface Note {
  side: 'tribe' | 'powerOffice'
  kind: string
  tribeId: string | null
  powerOfficeId: string | null
  action: 'create' | 'update'
  fields: string[]
}

type Members = Record<string, unknown>
const isRecord = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export interface World {
  /** `of` tells apart what no id does yet. */
  note(one: Note, of?: string): void
  records(): Note[]
  /** An id for what would be made: none that either system gives. */
  newTribeId(): string
  newPowerOfficeId(): number
  isMade(id: string | null): boolean
  /** Tribe's record as it would be; null stays null. */
  inTribe<T>(row: T): T
  /** Product groups that would be made. */
  groups: { tribe: Lookup[]; powerOffice: ProductGroup[] }
  makeInTribe(id: string, members: Members): Members
  /** It is the newest by then, as any write makes it. */
  changeInTribe(id: string, members: Members, at: string): void
  foundInTribe(id: string): Members | null
  /** PowerOffice's record as it would be. `of` tells apart what has ids of its own: contacts, persons, products. */
  inPowerOffice<T extends { Id: number }>(of: string, row: T): T
  makeInPowerOffice<T extends { Id: number }>(of: string, row: T): T
  foundInPowerOffice(of: string, id: string): Members | null
  patchInPowerOffice(of: string, id: string, changes: readonly PatchOperation[], at: string): void
}

const idIn = ({ ID }: Members): string | null => (typeof ID === 'string' && ID !== '' ? ID : null)

/** `linked`: what a record is called that others name by its id, as countries and units are. */
export function newWorld(linked: ReadonlyMap<string, Members>): World {
  let last = 0
  const notes = new Map<string, Note>()
  const made = new Map<string, Members>()
  const changed = new Map<string, Members>()
  /** Organisations and persons as they were seen: what is made at one of them comes along with it. */
  const seen = new Map<string, Members>()
  const patched = new Map<string, Members>()
  const madeThere = new Map<string, Members>()
  const idOf = () => `00000000-0000-4000-8000-${String(++last).padStart(12, '0')}`

  const shown = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shown)
    if (!isRecord(value)) return value
    const id = idIn(value)
    const now: Members = id === null ? { ...value } : { ...linked.get(id), ...value, ...changed.get(id) }
    for (const [name, member] of Object.entries(now)) if (isRecord(member)) now[name] = shown(member)
    if (id !== null && Object.keys(now).length > 3) seen.set(id, now)
    return now
  }
  /** What is written along gets an id of its own, and what is named its name. */
  const whole = (members: Members): Members =>
    Object.fromEntries(
      Object.entries(members).map(([name, value]) => {
        if (!isRecord(value)) return [name, value]
        const id = typeof value.ID === 'string' ? value.ID : idOf()
        return [name, { ...seen.get(id), ...linked.get(id), ...made.get(id), ...whole(value), ID: id }]
      }),
    )
  return {
    note(one, of = '') {
      const id = one.side === 'tribe' || one.powerOfficeId === null ? one.tribeId : one.powerOfficeId
      const key = [one.side, one.kind, one.powerOfficeId ?? id, one.action, of].join(' ')
      const before = notes.get(key)
      const fields = [...new Set([...(before?.fields ?? []), ...one.fields])]
      notes.set(key, { ...one, tribeId: one.tribeId ?? before?.tribeId ?? null, fields })
    },
    records: () => [...notes.values()],
    groups: { tribe: [], powerOffice: [] },
    newTribeId: idOf,
    newPowerOfficeId: () => 9_000_000_000 + ++last,
    isMade: (id) => id !== null && (made.has(id) || /^90\d{8}$/.test(id)),
    inTribe: <T>(row: T) => shown(row) as T,
    makeInTribe(id, members) {
      const record = { ...whole(members), ID: id }
      made.set(id, record)
      return record
    },
    changeInTribe(id, members, at) {
      changed.set(id, { ...changed.get(id), ...whole(members), LastMutationDate: at })
    },
    foundInTribe: (id) => {
      const record = made.get(id)
      return record ? (shown(record) as Members) : null
    },
    inPowerOffice: (of, row) => ({ ...row, ...patched.get(`${of} ${row.Id}`) }),
    makeInPowerOffice(of, row) {
      madeThere.set(`${of} ${row.Id}`, { ...row })
      return row
    },
    foundInPowerOffice: (of, id) => madeThere.get(`${of} ${id}`) ?? null,
    patchInPowerOffice(of, id, changes, at) {
      const key = `${of} ${id}`
      const now: Members = { ...patched.get(key), LastChangedDateTimeOffset: at }
      for (const { path, value } of changes) {
        const [, member = '', part] = path.split('/')
        now[member] = part ? { ...(now[member] as Members | undefined), [part]: value } : value
      }
      patched.set(key, now)
    },
  }
}

/** What has a name and is only named by its id: units, VAT groups, product groups, phases, countries. */
export async function linkedIn(ctx: SyncContext): Promise<Map<string, Members>> {
  const { tribe } = await ctx.lookups.get()
  const countries = await ctx.tribe.countries()
  return new Map<string, Members>([
    ...[...tribe.units, ...tribe.productGroups].map(({ id, name }) => [id, { ID: id, Name: name }] as const),
    ...tribe.vatGroups.map(
      ({ id, name, percentage }) => [id, { ID: id, Name: name, Percentage: percentage }] as const,
    ),
    ...tribe.invoicePhases.map(({ id, code }) => [id, { ID: id, Code: code }] as const),
    ...countries.map((country) => [country.ID, { ...country }] as const),
  ])
}
