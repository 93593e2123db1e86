/** The entity types of one environment: what they inherit, hold and link to. */

import { type CustomKind, isCustomName } from './custom-fields'
import type { TribeOptions } from './options'
import { typeSpecs } from './schema-types'
import type { TypeSpec } from './type-spec'

export type EdmType =
  | 'Edm.String'
  | 'Edm.Double'
  | 'Edm.Int64'
  | 'Edm.Boolean'
  | 'Edm.DateTimeOffset'
  | 'Edm.Date'
  | 'Edm.Guid'

export interface Property {
  name: string
  type: EdmType
  required: boolean
  /** Tribe works it out; writing it is refused. */
  readOnly: boolean
  /** Left out of answers that do not ask for it by name. */
  onlyWhenSelected: boolean
  /** What users call it. */
  label: string | null
}

export interface Navigation {
  name: string
  target: string
  required: boolean
  readOnly: boolean
  label: string | null
  /** For a collection: the link of the target that points back. Null for a link to one record. */
  via: string | null
}

export interface EntityType {
  /** With underscores, which is the name of its set too. */
  name: string
  /** With dots, as in `_Type` and in webhooks. */
  dotted: string
  base: EntityType | null
  /** Only these have records; the others are views over their descendants. */
  concrete: boolean
  hasSet: boolean
  access: 'full' | 'read-only' | 'no-create'
  own: { properties: Property[]; navigations: Navigation[] }
  properties: Map<string, Property>
  navigations: Map<string, Navigation>
  /** What a new record must have. */
  required: { properties: Property[]; links: Navigation[] }
  /** This type and all its ancestors. */
  lineage: Set<string>
  /** Names of the concrete types at and below it. */
  holds: string[]
}

export class Schema {
  readonly types = new Map<string, EntityType>()
  /** Members that an admin took away or made anew: nobody can know that before they meet it. */
  readonly changed = new Set<string>()

  constructor(options: TribeOptions) {
    for (const [name, spec] of Object.entries(typeSpecs(options))) this.add(name, spec)
    for (const type of this.types.values()) {
      if (type.concrete) for (const above of type.lineage) this.get(above).holds.push(type.name)
    }
  }

  get(name: string): EntityType {
    const type = this.types.get(name)
    if (!type) throw new Error(`The fake has no type ${name}`)
    return type
  }

  find(name: string): EntityType | null {
    return this.types.get(name) ?? null
  }

  /** What was probably meant by a name that does not exist as spelled. */
  meant(name: string): string | null {
    const wanted = name.toLowerCase().replaceAll('.', '_')
    for (const type of this.types.keys()) if (type.toLowerCase() === wanted) return type
    return null
  }

  /** An admin takes a member away, everywhere; gives what puts it back. */
  takeAway(typeName: string, name: string): () => void {
    this.changed.add(name)
    const type = this.get(typeName)
    const { properties, navigations } = type.own
    const property = properties.find((one) => one.name === name)
    const navigation = navigations.find((one) => one.name === name)
    if (!property && !navigation) throw new Error(`The fake has no member ${typeName}.${name}`)
    type.own.properties = properties.filter((one) => one !== property)
    type.own.navigations = navigations.filter((one) => one !== navigation)
    for (const holder of this.below(typeName)) {
      holder.properties.delete(name)
      holder.navigations.delete(name)
    }
    return () => {
      if (property) type.own.properties.push(property)
      if (navigation) type.own.navigations.push(navigation)
      for (const holder of this.below(typeName)) {
        if (property) holder.properties.set(name, property)
        if (navigation) holder.navigations.set(name, navigation)
      }
    }
  }

  /** An admin makes a member one of another kind; gives what makes it as it was. */
  retype(typeName: string, name: string, kind: CustomKind): () => void {
    const back = this.takeAway(typeName, name)
    const type = this.get(typeName)
    const property: Property = {
      name,
      type: EDM[kind],
      required: false,
      readOnly: false,
      onlyWhenSelected: true,
      label: null,
    }
    type.own.properties.push(property)
    for (const holder of this.below(typeName)) holder.properties.set(name, property)
    return () => {
      this.takeAway(typeName, name)
      back()
    }
  }

  private below(typeName: string): EntityType[] {
    return [...this.types.values()].filter((type) => type.lineage.has(typeName))
  }

  private add(name: string, spec: TypeSpec): void {
    const base = spec.base ? this.get(spec.base) : null
    const own = { properties: propertiesOf(spec), navigations: navigationsOf(spec) }
    const inherited = base?.required ?? { properties: [], links: [] }
    this.types.set(name, {
      name,
      dotted: name.replaceAll('_', '.'),
      base,
      concrete: !spec.view,
      hasSet: !spec.withoutSet,
      access: spec.access ?? base?.access ?? 'full',
      own,
      properties: new Map([...(base?.properties ?? []), ...own.properties.map((p) => [p.name, p] as const)]),
      navigations: new Map([
        ...(base?.navigations ?? []),
        ...own.navigations.map((n) => [n.name, n] as const),
      ]),
      required: {
        properties: [...inherited.properties, ...own.properties.filter((p) => p.required && !p.readOnly)],
        links: [...inherited.links, ...own.navigations.filter((n) => n.required)],
      },
      lineage: new Set([...(base?.lineage ?? []), name]),
      holds: [],
    })
  }
}

const EDM = {
  string: 'Edm.String',
  double: 'Edm.Double',
  int: 'Edm.Int64',
  boolean: 'Edm.Boolean',
  instant: 'Edm.DateTimeOffset',
  date: 'Edm.Date',
  guid: 'Edm.Guid',
} as const satisfies Record<string, EdmType>

function propertiesOf(spec: TypeSpec): Property[] {
  const readOnly = new Set(words(spec.readOnly))
  return Object.entries(EDM).flatMap(([kind, type]) =>
    words(spec[kind as keyof typeof EDM]).map((word) => {
      const name = word.replace('!', '')
      return {
        name,
        type,
        required: word.endsWith('!'),
        readOnly: readOnly.has(name),
        onlyWhenSelected: name === 'ImportId' || isCustomName(name),
        label: spec.labels?.[name] ?? null,
      }
    }),
  )
}

function navigationsOf(spec: TypeSpec): Navigation[] {
  const readOnly = new Set(words(spec.readOnly))
  const one = Object.entries(spec.one ?? {}).map(([word, target]) => ({
    name: word.replace('!', ''),
    target,
    required: word.endsWith('!'),
    readOnly: readOnly.has(word),
    label: spec.labels?.[word] ?? null,
    via: null,
  }))
  const many = Object.entries(spec.many ?? {}).map(([name, [target, via]]) => ({
    name,
    target,
    required: false,
    readOnly: false,
    label: null,
    via,
  }))
  return [...one, ...many]
}

const words = (list: string | undefined) => list?.split(/\s+/).filter(Boolean) ?? []
