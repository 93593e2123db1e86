/** The errors of the application, as a handler throws them; the server gives them their shape. */
import type { Json } from './json'

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string | null = null,
    /** Faults by member, as for a body that does not fit its model. */
    readonly errors: Record<string, string[]> | null = null,
  ) {
    super(`${status} ${title}${detail ? `: ${detail}` : ''}`)
  }

  /** The body, in the client's spelling of member names. */
  body(style: 'lower' | 'pascal'): Json {
    const members: [string, Json][] = [
      ['type', `https://httpstatuses.io/${this.status}`],
      ['title', this.title],
      ['status', this.status],
    ]
    if (this.detail !== null) members.push(['detail', this.detail])
    if (this.errors) members.push(['errors', this.errors])
    const spelled = (name: string) =>
      style === 'pascal' ? name.charAt(0).toUpperCase() + name.slice(1) : name
    return Object.fromEntries(members.map(([name, value]) => [spelled(name), value]))
  }
}

export function notFound(what: string, id: string | number): Problem {
  return new Problem(404, 'Object(s) not found', `${what} with id = ${id} not found.`)
}

export function conflict(what: string, id: string | number): Problem {
  return new Problem(409, `${what} conflict`, `${what} with id = ${id} is in use and cannot be deleted.`)
}

/** Gathers what is wrong with one write, so that one answer can tell all of it. */
export class Complaints {
  private readonly refusals: string[] = []
  private readonly absences: string[] = []
  private readonly members: Record<string, string[]> = {}
  constructor(
    private readonly what: string,
    private readonly style: 'detail' | 'errors' | 'silent' = 'detail',
  ) {}

  add(message: string): void {
    this.refusals.push(message)
  }

  /** A value that this member does not take. */
  refuse(member: string, message: string): void {
    this.refusals.push(message)
    this.members[member] = [...(this.members[member] ?? []), message]
  }

  /** Something the write refers to does not exist. */
  missing(message: string): void {
    this.absences.push(message)
  }

  /** A refusal weighs more than a missing reference. */
  throwIfAny(): void {
    if (this.refusals.length === 0 && this.absences.length === 0) return
    const status = this.refusals.length > 0 ? 400 : 404
    const isOnlyMembers = this.absences.length === 0 && Object.keys(this.members).length > 0
    if (isOnlyMembers && this.style === 'errors')
      throw new Problem(400, 'One or more validation errors occurred.', null, this.members)
    if (isOnlyMembers && this.style === 'silent') throw new Problem(400, 'Bad Request')
    const detail = [...this.refusals, ...this.absences].join(' ')
    throw new Problem(status, `${this.what} validation error(s)`, detail)
  }
}
