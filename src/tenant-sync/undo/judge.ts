import type { Link } from '../../db/links'
import { parseInstant } from '../../shared/dates'
import type { SyncContext } from '../../sync-step'
import { ORGANIZATION, PERSON, setOfType } from '../../tribe/sets'
import type { Signs } from '../../tribe/signs'
import type { Removal, UndoItem } from './store'

/**
 * What a first load has made and nobody has used since. Touched is what a person did: an edit, another role, a note, an
 * attachment, an invoice, a contact. The relay's own later writes are none.
 */

/** What the timeline says of a record that the load met. */
export interface Loaded {
  made: boolean
  /** It was given to an organisation that was in the CRM already. */
  isRoleOnly: boolean
  /** Where what the load has overwritten is kept, write by write, and what was written since; null for what is not. */
  kept: readonly (string | null)[]
  since: readonly (string | null)[]
  /** When the relay wrote to it last. */
  writtenAt: string
}

/** Clocks of the two are read a moment apart. */
const MOMENT_MS = 1000

export interface Judged {
  items: UndoItem[]
  removals: Removal[]
}

const isPersons = ({ tribeType }: Link) => tribeType.startsWith('Relationship.Person')
function childOf(link: Link): 'Person' | 'Organization' | null {
  if (link.kind === 'product') return null
  return isPersons(link) ? 'Person' : 'Organization'
}

/** `loaded` by the link's kind and id in Tribe. `from`: when the load began. */
export async function judge(
  ctx: SyncContext,
  links: readonly Link[],
  from: string,
  loadedOf: (link: Link) => Loaded | null,
): Promise<Judged> {
  const loaded = new Map(
    links.flatMap((link) => ((one) => (one ? [[link, one] as const] : []))(loadedOf(link))),
  )
  const made = [...loaded].filter(([, { made }]) => made).map(([link]) => link)
  const signs = await signsOf(ctx, made)
  const relationOf: RelationOf = (link) => {
    const sign = signs.get(link.tribeId)
    return sign?.Organization?.ID ?? sign?.Person?.ID ?? link.tribeRelationId
  }
  const lastWrites = lastWritesIn(loaded, relationOf)
  const used = made.filter((link) => {
    const sign = signs.get(link.tribeId)
    return sign && isUsed(sign, lastWrites.get(relationOf(link) ?? link.tribeId) ?? '')
  })
  const touched = await withWhatHangsOnThem(ctx, { made, used, from }, relationOf)
  const items = [...loaded].map(
    ([link, { made }]): UndoItem => ({
      kind: link.kind,
      tribeId: link.tribeId,
      powerOfficeId: link.powerOfficeId,
      outcome: outcomeOf(made, touched.has(link)),
    }),
  )
  const removable = made.filter((link) => !touched.has(link))
  const addressOf = ({ tribeId }: Link): string | null => {
    const sign = signs.get(tribeId)
    return sign?.Organization?.InvoiceAddress?.ID ?? sign?.Person?.Address?.ID ?? null
  }
  return { items, removals: removalsOf(removable, loaded, { relationOf, addressOf }) }
}

/** The organisation or person that a link's role is of. */
type RelationOf = (link: Link) => string | null

/**
 * Of what was made: what was used itself, what is invoiced or sold, what has roles that are not the load's, and the other
 * roles of the same company.
 */
async function withWhatHangsOnThem(
  ctx: SyncContext,
  { made, used, from }: { made: readonly Link[]; used: readonly Link[]; from: string },
  relationOf: RelationOf,
): Promise<Set<Link>> {
  const touched = new Set(used)
  const touch = (links: readonly Link[], ids: ReadonlySet<string>, idOf: RelationOf) => {
    for (const link of links) if (ids.has(idOf(link) ?? '')) touched.add(link)
  }
  const ofKind = (kind: Link['kind']) => made.filter((link) => link.kind === kind)
  const idsOf = (links: readonly Link[]) => links.map(({ tribeId }) => tribeId)
  const own: RelationOf = ({ tribeId }) => tribeId
  touch(made, await ctx.tribe.withInvoices(idsOf(ofKind('customer')), idsOf(ofKind('contactPerson'))), own)
  touch(made, await ctx.tribe.soldAmong(idsOf(ofKind('product'))), own)
  const metadata = await ctx.tribe.metadata()
  const isThere = (set: string) => metadata?.has(set) ?? false
  // Persons first: a company stays with its contact.
  for (const child of ['Person', 'Organization'] as const) {
    const players = made.filter((link) => childOf(link) === child)
    touch(
      players,
      await usedRelations(ctx, child, players, { made, touched, from, relationOf, isThere }),
      relationOf,
    )
  }
  // Two roles of one organisation stay together.
  touch(made, new Set([...touched].flatMap((link) => relationOf(link) ?? [])), relationOf)
  return touched
}

/** Contacts before their companies, and a company or person along with the last of its roles; its address after it. */
function removalsOf(
  removable: readonly Link[],
  loaded: ReadonlyMap<Link, Loaded>,
  { relationOf, addressOf }: { relationOf: RelationOf; addressOf: (link: Link) => string | null },
): Removal[] {
  const removals = removable.map((link): Removal => {
    const id = relationOf(link)
    const isFirst = removable.some((one) => relationOf(one) === id && !loaded.get(one)?.isRoleOnly)
    const set = isPersons(link) ? PERSON : ORGANIZATION
    return {
      kind: link.kind,
      tribeId: link.tribeId,
      set: setOfType(link.tribeType),
      relation:
        link.kind !== 'product' && id !== null && isFirst ? { set, id, addressId: addressOf(link) } : null,
    }
  })
  const place = ({ kind }: Removal) => (kind === 'contactPerson' ? 0 : 1)
  const sorted = removals.toSorted((a, b) => place(a) - place(b))
  const lastOf = new Map(sorted.map((removal) => [removal.relation?.id, removal]))
  const isLast = (removal: Removal) => lastOf.get(removal.relation?.id) === removal
  return sorted.map((removal) => (isLast(removal) ? removal : { ...removal, relation: null }))
}

/** When the relay wrote last to any role of the same organisation or person, which share its clock. */
function lastWritesIn(loaded: ReadonlyMap<Link, Loaded>, relationOf: RelationOf): Map<string, string> {
  const lastOf = new Map<string, string>()
  for (const [link, { writtenAt }] of loaded) {
    const relation = relationOf(link) ?? link.tribeId
    if (writtenAt > (lastOf.get(relation) ?? '')) lastOf.set(relation, writtenAt)
  }
  return lastOf
}

function outcomeOf(made: boolean, isTouched: boolean): UndoItem['outcome'] {
  if (!made) return 'not-kept'
  return isTouched ? 'touched' : 'removable'
}

async function signsOf(ctx: SyncContext, made: readonly Link[]): Promise<Map<string, Signs>> {
  const found = new Map<string, Signs>()
  for (const [tribeType, links] of Map.groupBy(made, (link) => link.tribeType)) {
    const ids = links.map(({ tribeId }) => tribeId)
    const child = links[0] ? childOf(links[0]) : null
    for (const sign of await ctx.tribe.signsOf(setOfType(tribeType), ids, child)) found.set(sign.ID, sign)
  }
  return found
}

/** Somebody changed it after the relay's last write, or hung something on it. */
export function isUsed(sign: Signs, writtenAt: string): boolean {
  const relation = sign.Organization ?? sign.Person
  const address = sign.Organization?.InvoiceAddress ?? sign.Person?.Address
  const parts = [sign, relation, address].flatMap((part) => part ?? [])
  const latest = Date.parse(writtenAt) + MOMENT_MS
  return parts.some((part) => {
    const at = parseInstant(part.LastMutationDate)
    const isLater = at !== null && Date.parse(`${at.slice(0, 23)}Z`) > latest
    return isLater || (part.NumberOfNotes ?? 0) > 0 || (part.NumberOfAttachments ?? 0) > 0
  })
}

interface AsJudged {
  made: readonly Link[]
  touched: ReadonlySet<Link>
  from: string
  relationOf: RelationOf
  isThere: (set: string) => boolean
}

/** Organisations or persons with a role or a contact that is not the load's, or that somebody touched. What was there before the load is no touch. */
async function usedRelations(
  ctx: SyncContext,
  child: 'Organization' | 'Person',
  players: readonly Link[],
  { made, touched, from, relationOf, isThere }: AsJudged,
): Promise<Set<string>> {
  const ours = new Map(made.map((link) => [link.tribeId, link]))
  const ids = [...new Set(players.flatMap((link) => relationOf(link) ?? []))]
  const isBefore = (madeAt: string | null) => {
    const at = parseInstant(madeAt)
    return at !== null && Date.parse(`${at.slice(0, 23)}Z`) < Date.parse(from) - MOMENT_MS
  }
  const roles = await ctx.tribe.rolesAt(child, ids, isThere)
  const used = roles.filter(({ by, madeAt }) => {
    const link = ours.get(by)
    return link ? touched.has(link) : !isBefore(madeAt)
  })
  return new Set(used.map(({ id }) => id))
}
