import type { z } from 'zod'

/** What a schema reads: each path, and the types that it takes there. No values. */
export function readsOf(schema: z.core.$ZodType, path = ''): Map<string, readonly string[]> {
  const def = schema._zod.def as unknown as Record<string, unknown> & { type: string }
  const inside = (name: string) => readsOf(def[name] as z.core.$ZodType, path)
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
      return inside('innerType')
    case 'pipe':
      return inside('in')
    case 'union': {
      const all = (def.options as z.core.$ZodType[]).map((one) => readsOf(one, path))
      return new Map([[path, all.flatMap((one) => [...(one.get(path) ?? [])])]])
    }
    case 'intersection':
      return new Map([...inside('left'), ...inside('right')])
    case 'array': {
      const element = readsOf(def.element as z.core.$ZodType, `${path}[]`)
      return new Map([[path, ['list']], ...element])
    }
    case 'object': {
      const members = Object.entries(def.shape as Record<string, z.core.$ZodType>)
      const below = members.flatMap(([name, one]) => [
        ...readsOf(one, path === '' ? name : `${path}.${name}`),
      ])
      return new Map([[path, ['record']], ...below])
    }
    default:
      return new Map([[path, [TYPES[def.type] ?? 'anything']]])
  }
}

const TYPES: Readonly<Record<string, string>> = { string: 'text', number: 'number', boolean: 'boolean' }
