/** The entity types of one environment: what they inherit, hold and link to. */

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
}

export interface Navigation {
  name: string
  target: string
  required: boolean
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
        onlyWhenSelected: name === 'ImportId',
      }
    }),
  )
}

function navigationsOf(spec: TypeSpec): Navigation[] {
  const one = Object.entries(spec.one ?? {}).map(([word, target]) => ({
    name: word.replace('!', ''),
    target,
    required: word.endsWith('!'),
    via: null,
  }))
  const many = Object.entries(spec.many ?? {}).map(([name, [target, via]]) => ({
    name,
    target,
    required: false,
    via,
  }))
  return [...one, ...many]
}

const words = (list: string | undefined) => list?.split(/\s+/).filter(Boolean) ?? []
