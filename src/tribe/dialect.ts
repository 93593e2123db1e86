import * as z from 'zod/v4'
import { INVOICE, SHAPES } from './sets'
import { elementsOf } from './xml'

/**
 * How one tenant's Tribe spells the names that are not sure (DESIGN.md §1.10, API.md §7).
 * Learned from `$metadata`; a property that Tribe does not have is left out of every call.
 */
export const Dialect = z
  .object({
    /** `Set.Property` as we write it → as this Tribe spells it. Only where they differ. */
    spelled: z.record(z.string(), z.string()),
    /** `Set.Property` that this Tribe does not have. */
    missing: z.array(z.string()),
    /** `Set.Property` that is an instant here, and by its name might be a day. */
    instants: z.array(z.string()),
    /** It was learned when the relay asked for `ADDED` already. */
    isWhole: z.literal(true).optional(),
  })
  .transform((kept) => (kept.isWhole ? kept : { ...kept, missing: [...kept.missing, ...ADDED] }))
export type Dialect = z.infer<typeof Dialect>

/** What older versions did not ask for: left out until the metadata is read anew. */
const ADDED: readonly string[] = [`${INVOICE}.IsCreditInvoice`]

/** Without metadata the names of API.md are used, and what that guesses is left out. */
export const PLAIN: Dialect = {
  spelled: {},
  missing: Object.keys(SHAPES).flatMap(guessedOf),
  instants: [],
  isWhole: true,
}

/** What `$metadata` tells of a member. */
export interface MetadataMember {
  /** `Edm.Date`; of a link, where it leads. */
  type: string
  kind: 'property' | 'link' | 'collection'
  /** What users call it, where metadata says so. */
  label?: string
  /** Metadata says that Tribe works it out. */
  isComputed?: boolean
  /** Of a link: the record that it leads to is one of a list. */
  isChoice?: boolean
}

/** Members by their names per entity set, as `$metadata` has them, inherited ones included. */
export type Metadata = ReadonlyMap<string, ReadonlyMap<string, MetadataMember>>

/** Compares what we use with what there is, without regard to case; the metadata's spelling wins (API.md §2.1). */
export function dialectFrom(metadata: Metadata): Dialect {
  const dialect: Dialect = { spelled: {}, missing: [], instants: [], isWhole: true }
  for (const [set, { members, along, aliases }] of Object.entries(SHAPES)) {
    const known = metadata.get(set)
    if (!known) {
      // A set that is switched off, or metadata we cannot use: the names of API.md, without its guesses.
      dialect.missing.push(...guessedOf(set))
      continue
    }
    for (const name of [...members, ...Object.keys(along)]) {
      const actual = nameIn(FLAGS.includes(name) ? flagsOf(known) : known, [name, ...(aliases?.[name] ?? [])])
      noteSpelling(dialect, { set, name, actual, member: actual === null ? undefined : known.get(actual) })
    }
  }
  return dialect
}

/** `actual`: how this Tribe spells the member; null: it does not have it. */
function noteSpelling(
  dialect: Dialect,
  found: { set: string; name: string; actual: string | null; member: MetadataMember | undefined },
): void {
  const { set, name, actual, member } = found
  const ours = `${set}.${name}`
  if (actual === null) dialect.missing.push(ours)
  else if (actual !== name) dialect.spelled[ours] = actual
  if (isUnexpectedInstant(name, member)) dialect.instants.push(ours)
}

/**
 * The dialect with what metadata has by now of what was missing, as when a module was switched on since; null when that is
 * nothing. What is gone meanwhile stays as it was known: that is told as drift, and nothing is emptied because of it.
 */
export function gainedBy(kept: Dialect, metadata: Metadata): Dialect | null {
  const now = dialectFrom(metadata)
  const isGained = (name: string) => kept.missing.includes(name) && !now.missing.includes(name)
  if (kept.isWhole && !kept.missing.some(isGained)) return null
  const spelled = Object.entries(now.spelled).filter(([name]) => isGained(name))
  return {
    spelled: { ...kept.spelled, ...Object.fromEntries(spelled) },
    missing: kept.missing.filter((name) => !isGained(name)),
    instants: [...kept.instants, ...now.instants.filter(isGained)],
    isWhole: true,
  }
}

/** The first candidate that is there. Spelling before case; a pattern finds links to one invoice. */
function nameIn(
  known: ReadonlyMap<string, MetadataMember>,
  candidates: readonly (string | RegExp)[],
): string | null {
  const names = [...known.keys()]
  for (const candidate of candidates) {
    const found =
      typeof candidate === 'string'
        ? (names.find((name) => name === candidate) ??
          names.find((name) => name.toLowerCase() === candidate.toLowerCase()))
        : names.find((name) => candidate.test(name) && isInvoiceLink(known.get(name)))
    if (found !== undefined) return found
  }
  return null
}

/** What goes by such a name is taken for it only where it says yes or no. */
const FLAGS = ['IsCreditInvoice']
const flagsOf = (known: ReadonlyMap<string, MetadataMember>) =>
  new Map([...known].filter(([, { type }]) => type === 'Edm.Boolean'))

/** To an invoice, or to what an invoice is one of. */
const isInvoiceLink = (member: MetadataMember | undefined): boolean =>
  member?.kind === 'link' && /(^|\.)Activity(_Invoice)?$/.test(member.type)

const DAYS = ['InvoiceDate', 'ExpirationDate']
const isUnexpectedInstant = (name: string, member: MetadataMember | undefined): boolean =>
  DAYS.includes(name) && member?.type === 'Edm.DateTimeOffset'

function guessedOf(set: string): string[] {
  return (SHAPES[set]?.guessed ?? []).map((name) => `${set}.${name}`)
}

/** What metadata says of the members that the relay reads: each by its set and name, with its type. */
export function inUse(metadata: Metadata, dialect: Dialect): Record<string, string> {
  const found = Object.entries(SHAPES).flatMap(([set, { members, along }]) =>
    [...members, ...Object.keys(along)].flatMap((name): [string, string][] => {
      const said = metadata.get(set)?.get(spell(dialect, set, name))
      return said && has(dialect, set, name) ? [[`${set}.${name}`, `${said.kind} ${said.type}`]] : []
    }),
  )
  return Object.fromEntries(found)
}

export const spell = (dialect: Dialect, set: string, name: string): string =>
  dialect.spelled[`${set}.${name}`] ?? name
export const has = (dialect: Dialect, set: string, name: string): boolean =>
  !dialect.missing.includes(`${set}.${name}`)

/** `$metadata` in either of its forms, CSDL as XML or as JSON. Null when it is neither. */
export function parseMetadata(text: string): Metadata | null {
  try {
    return text.trimStart().startsWith('{') ? fromJson(JSON.parse(text)) : fromXml(text)
  } catch {
    return null
  }
}

interface TypeOf {
  base: string | null
  members: [string, MetadataMember][]
}

/** Members are of the type that was named last, annotations of the member, sets of the container. */
function fromXml(text: string): Metadata | null {
  const types = new Map<string, TypeOf>()
  const sets: [string, string][] = []
  let members: TypeOf['members'] | null = null
  let last: { member: MetadataMember; depth: number; terms: Record<string, string> } | null = null
  for (const { name, depth, attributes } of elementsOf(text)) {
    const { Name = '', Type = 'Edm.String', BaseType, EntityType } = attributes
    if (last && depth <= last.depth) last = null
    switch (name) {
      case 'EntityType':
        members = []
        types.set(Name, { base: lastPart(BaseType), members })
        break
      case 'ComplexType':
        // It has properties, too, and is no record.
        members = null
        break
      case 'Property':
      case 'NavigationProperty': {
        const member: MetadataMember = {
          type: Type,
          kind: name === 'Property' ? 'property' : kindOfLink(Type),
        }
        members?.push([Name, member])
        last = { member, depth, terms: {} }
        break
      }
      case 'Annotation':
        if (!last) break
        last.terms[attributes.Term ?? ''] = attributes.String ?? attributes.Bool ?? 'true'
        Object.assign(last.member, saidBy(last.terms))
        break
      case 'EntitySet':
        sets.push([Name, lastPart(EntityType) ?? ''])
    }
  }
  return resolve(types, sets)
}

const kindOfLink = (type: string): 'collection' | 'link' =>
  type.startsWith('Collection(') ? 'collection' : 'link'

/** What annotations say of a member, by their terms. Whether Tribe has any is not known. */
function saidBy(terms: Readonly<Record<string, unknown>>): Pick<MetadataMember, 'label' | 'isComputed'> {
  const ending = (end: RegExp) => Object.entries(terms).find(([term]) => end.test(term))?.[1]
  const label = ending(/(^|\.)Label$/) ?? ending(/(^|\.)Description$/)
  const computed = ending(/(^|\.)Computed$/)
  return {
    ...(typeof label === 'string' && label !== '' ? { label } : {}),
    ...(computed === true || computed === 'true' ? { isComputed: true } : {}),
  }
}

const Member = z.looseObject({
  $Kind: z.string().optional(),
  $BaseType: z.string().optional(),
  $Type: z.string().optional(),
  $Collection: z.boolean().optional(),
})

function fromJson(json: unknown): Metadata | null {
  const document = z.record(z.string(), z.unknown()).parse(json)
  const types = new Map<string, TypeOf>()
  const sets: [string, string][] = []
  for (const namespace of Object.values(document)) {
    for (const [name, item] of Object.entries(
      z.record(z.string(), z.unknown()).safeParse(namespace).data ?? {},
    )) {
      const member = Member.safeParse(item).data
      if (member?.$Kind === 'EntityType')
        types.set(name, {
          base: lastPart(member.$BaseType),
          members: Object.entries(member).flatMap(memberOf),
        })
      if (member?.$Kind === 'EntityContainer')
        for (const [set, entry] of Object.entries(member))
          sets.push([set, lastPart(Member.safeParse(entry).data?.$Type) ?? ''])
    }
  }
  return resolve(types, sets)
}

function memberOf([key, said]: [string, unknown]): [string, MetadataMember][] {
  if (key.startsWith('$') || key.startsWith('@')) return []
  const { $Kind, $Type = 'Edm.String', $Collection } = Member.safeParse(said).data ?? {}
  const toMany = $Collection ? 'collection' : 'link'
  const kind = $Kind === 'NavigationProperty' ? toMany : 'property'
  const terms = Object.entries(z.record(z.string(), z.unknown()).safeParse(said).data ?? {})
  const annotated = terms.flatMap(([term, value]) => (term.startsWith('@') ? [[term.slice(1), value]] : []))
  return [[key, { type: $Type, kind, ...saidBy(Object.fromEntries(annotated)) }]]
}

function resolve(types: Map<string, TypeOf>, sets: [string, string][]): Metadata | null {
  const membersOf = (type: string | null, depth = 0): [string, MetadataMember][] => {
    const found = type === null ? undefined : types.get(type)
    return found && depth < 20 ? [...membersOf(found.base, depth + 1), ...found.members] : []
  }
  const isChoice = (type: string | null, depth = 0): boolean =>
    type !== null &&
    depth < 20 &&
    (type === 'Datastore' || isChoice(types.get(type)?.base ?? null, depth + 1))
  const metadata = new Map<string, ReadonlyMap<string, MetadataMember>>()
  for (const [set, type] of sets) {
    if (!types.has(type)) continue
    const members = membersOf(type).map(([name, member]): [string, MetadataMember] => [
      name,
      member.kind === 'link' && isChoice(lastPart(member.type)) ? { ...member, isChoice: true } : member,
    ])
    metadata.set(set, new Map(members))
  }
  return metadata.size > 0 ? metadata : null
}

/** `Tribe.Model.Relation_Organization` → `Relation_Organization`. */
const lastPart = (qualified: string | undefined): string | null => qualified?.split('.').at(-1) ?? null
