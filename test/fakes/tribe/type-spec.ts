/** How a type is written down. "!" after a name marks what a new record must have. */
export interface TypeSpec {
  base?: string
  /** Has no records of its own. */
  view?: boolean
  /** Reached through links only. */
  withoutSet?: boolean
  access?: 'full' | 'read-only' | 'no-create'
  string?: string
  double?: string
  int?: string
  boolean?: string
  instant?: string
  date?: string
  guid?: string
  readOnly?: string
  /** What users call members. */
  labels?: Record<string, string>
  /** Links to one record, and the type at the other end. */
  one?: Record<string, string>
  /** Collections: the type of the members, and its link that points back. */
  many?: Record<string, [type: string, via: string]>
}
