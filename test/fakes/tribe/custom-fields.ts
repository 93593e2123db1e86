/** Members that an admin added to a type: their kinds, and the lists that choices come from. */
import type { TypeSpec } from './type-spec'

export type CustomKind = 'string' | 'double' | 'int' | 'boolean' | 'date' | 'instant'
export type CustomField =
  | CustomKind
  | { kind: CustomKind; readOnly?: boolean; label?: string }
  /** The names in a list of its own. */
  | { choice: readonly string[]; readOnly?: boolean; label?: string }

/** By type, then by the name in the API: `{ Product: { a4d81060__844e__…: 'string' } }`. */
export type CustomFields = Readonly<Record<string, Readonly<Record<string, CustomField>>>>

/** A UUID with "__" for "-", and a "_" before it where it begins with a digit. */
export const isCustomName = (name: string): boolean => /^_?[0-9a-f]{8}__[0-9a-f]{4}__/.test(name)

/** The type that the choices of a field are records of. */
export const listOf = (field: string): string => field.replace(/^_?[0-9a-f]{8}/, 'c0ffee00')

export function withCustomFields(specs: Record<string, TypeSpec>, fields: CustomFields): void {
  for (const [type, members] of Object.entries(fields)) {
    for (const [name, field] of Object.entries(members)) {
      const spec = specs[type]
      if (!spec) throw new Error(`The fake has no type ${type}`)
      const how = typeof field === 'string' ? { kind: field } : field
      const labelled = how.label === undefined ? {} : { labels: { ...spec.labels, [name]: how.label } }
      const shared = { ...spec, ...labelled, readOnly: `${spec.readOnly ?? ''} ${how.readOnly ? name : ''}` }
      if ('choice' in how) {
        specs[listOf(name)] = { base: 'Datastore' }
        specs[type] = { ...shared, one: { ...spec.one, [name]: listOf(name) } }
      } else specs[type] = { ...shared, [how.kind]: `${spec[how.kind] ?? ''} ${name}` }
    }
  }
}
