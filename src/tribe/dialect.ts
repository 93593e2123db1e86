import { XMLParser } from 'fast-xml-parser'
import { z } from 'zod'
import { CUSTOMER_PERSON, PERSON, SHAPES } from './sets'

/**
 * How one tenant's Tribe spells the names that the reference is not sure of (design 13, tribe-api §10).
 * Learned from `$metadata`; a property that Tribe does not have is left out of every call.
 */
export const Dialect = z.object({
  /** `Set.Property` as we write it → as this Tribe spells it. Only where they differ. */
  spelled: z.record(z.string(), z.string()),
  /** `Set.Property` that this Tribe does not have. */
  missing: z.array(z.string()),
})
export type Dialect = z.infer<typeof Dialect>

/** Without metadata the reference's names are used, and what it is not sure of is left out. */
export const PLAIN: Dialect = {
  spelled: {},
  missing: [`${PERSON}.DebtorNumber`, `${CUSTOMER_PERSON}.DebtorNumber`],
}

/** Names per entity set, as `$metadata` has them, inherited ones included. */
export type Metadata = ReadonlyMap<string, ReadonlySet<string>>

/** Compares what we use with what there is, without regard to case; the metadata's spelling wins (§2.1). */
export function dialectFrom(metadata: Metadata): Dialect {
  const dialect: Dialect = { spelled: {}, missing: [] }
  for (const [set, { members, along }] of Object.entries(SHAPES)) {
    const known = metadata.get(set)
    if (!known) continue // A set that is switched off, or metadata we cannot use: keep the reference's names.
    const byLowerCase = new Map([...known].map((name) => [name.toLowerCase(), name] as const))
    for (const name of [...members, ...Object.keys(along)]) {
      const actual = known.has(name) ? name : byLowerCase.get(name.toLowerCase())
      if (actual === undefined) dialect.missing.push(`${set}.${name}`)
      else if (actual !== name) dialect.spelled[`${set}.${name}`] = actual
    }
  }
  return dialect
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
  names: string[]
}

const list = <T>(item: T | T[] | undefined): T[] =>
  item === undefined ? [] : Array.isArray(item) ? item : [item]
const named = z.looseObject({ '@Name': z.string() })
const EntityTypeXml = z.looseObject({
  '@Name': z.string(),
  '@BaseType': z.string().optional(),
  Property: z.union([named, z.array(named)]).optional(),
  NavigationProperty: z.union([named, z.array(named)]).optional(),
})
const EntitySetXml = z.looseObject({ '@Name': z.string(), '@EntityType': z.string() })
const SchemaXml = z.looseObject({
  EntityType: z.union([EntityTypeXml, z.array(EntityTypeXml)]).optional(),
  EntityContainer: z
    .looseObject({ EntitySet: z.union([EntitySetXml, z.array(EntitySetXml)]).optional() })
    .optional(),
})
const MetadataXml = z.object({
  Edmx: z.looseObject({ DataServices: z.looseObject({ Schema: z.union([SchemaXml, z.array(SchemaXml)]) }) }),
})

function fromXml(text: string): Metadata | null {
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@', removeNSPrefix: true })
  const parsed = MetadataXml.safeParse(parser.parse(text))
  if (!parsed.success) return null
  const types = new Map<string, TypeOf>()
  const sets: [string, string][] = []
  for (const schema of list(parsed.data.Edmx.DataServices.Schema)) {
    for (const type of list(schema.EntityType)) {
      const names = [...list(type.Property), ...list(type.NavigationProperty)].map((item) => item['@Name'])
      types.set(type['@Name'], { base: lastPart(type['@BaseType']), names })
    }
    for (const set of list(schema.EntityContainer?.EntitySet))
      sets.push([set['@Name'], lastPart(set['@EntityType']) ?? ''])
  }
  return resolve(types, sets)
}

const Member = z.looseObject({
  $Kind: z.string().optional(),
  $BaseType: z.string().optional(),
  $Type: z.string().optional(),
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
      if (member?.$Kind === 'EntityType') {
        const names = Object.keys(member).filter((key) => !key.startsWith('$') && !key.startsWith('@'))
        types.set(name, { base: lastPart(member.$BaseType), names })
      }
      if (member?.$Kind === 'EntityContainer')
        for (const [set, entry] of Object.entries(member))
          sets.push([set, lastPart(Member.safeParse(entry).data?.$Type) ?? ''])
    }
  }
  return resolve(types, sets)
}

function resolve(types: Map<string, TypeOf>, sets: [string, string][]): Metadata | null {
  const namesOf = (type: string | null, depth = 0): string[] => {
    const found = type === null ? undefined : types.get(type)
    return found && depth < 20 ? [...found.names, ...namesOf(found.base, depth + 1)] : []
  }
  const metadata = new Map<string, ReadonlySet<string>>()
  for (const [set, type] of sets) if (types.has(type)) metadata.set(set, new Set(namesOf(type)))
  return metadata.size > 0 ? metadata : null
}

/** `Tribe.Model.Relation_Organization` → `Relation_Organization`. */
const lastPart = (qualified: string | undefined): string | null => qualified?.split('.').at(-1) ?? null
