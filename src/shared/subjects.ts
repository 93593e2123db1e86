import { isJobKind, type JobKind } from './job-kinds'
import type { Side, StoredSide } from './sides'

/**
 * What a job names, as it stands in its row: each form is written by `subjectText` and read by `readSubject`, and nowhere
 * else taken apart. The texts are stored.
 */
export type JobSubject =
  /** Empty: all that the job is for. */
  | { of: 'all' }
  /** `tribe:<id>` or `powerOffice:<id>`; `detail` is what else is said: a company, an account, a code. */
  | { of: 'record'; side: StoredSide; id: string; detail: string | null }
  /** `<kind>:<tribeId>:<powerOfficeId>`, of a contact person with its company: two that are to be tied. */
  | { of: 'pair'; kind: string; tribeId: string; powerOfficeId: string; parentId: string | null }
  /** `<kind>:<side>:<id>`, of a contact person with its company: one whose other side is to be made again. */
  | { of: 'half'; kind: string; side: StoredSide; id: string; parentId: string | null }
  /** `<from>:<to>`. */
  | { of: 'days'; from: string; to: string }
  /** `<kind>:<tribeId>:<side>:<image>+<image>`: a write that is to be taken back. */
  | { of: 'change'; kind: string; tribeId: string; side: Side; kept: readonly string[] }
  /** A set of Tribe's, a kind of records, a channel, a bare id. */
  | { of: 'part'; name: string }

type Form = JobSubject['of']

/** How the subjects of each job are spelled, where it has one. */
const FORMS: Readonly<Record<JobKind, Exclude<Form, 'all'>>> = {
  customer: 'record',
  supplier: 'record',
  contactPerson: 'record',
  product: 'record',
  invoice: 'record',
  payment: 'record',
  'persons-of': 'record',
  delivery: 'record',
  documentation: 'record',
  attachments: 'record',
  notice: 'record',
  accounts: 'record',
  account: 'record',
  mapping: 'record',
  field: 'part',
  vanished: 'part',
  'tribe-changed': 'part',
  'look-behind': 'part',
  'look-together': 'part',
  'poll-tribe': 'part',
  'pull-relations': 'part',
  'pull-products': 'part',
  'pull-payments': 'part',
  'tell-fields': 'part',
  'first-load': 'part',
  'mark-invoices': 'part',
  'watch-mappings': 'part',
  'watch-contract': 'part',
  compare: 'part',
  preview: 'part',
  'push-unlinked': 'part',
  relink: 'pair',
  recreate: 'half',
  'export-invoices': 'days',
  'dry-run': 'part',
  undo: 'part',
  'undo-preview': 'part',
  'undo-change': 'change',
  'register-webhooks': 'part',
  'renew-webhooks': 'part',
  alert: 'part',
}

export function subjectText(subject: JobSubject): string {
  switch (subject.of) {
    case 'all':
      return ''
    case 'record':
      return joined(subject.side, subject.id, subject.detail)
    case 'pair':
      return joined(subject.kind, subject.tribeId, subject.powerOfficeId, subject.parentId)
    case 'half':
      return joined(subject.kind, subject.side, subject.id, subject.parentId)
    case 'days':
      return joined(subject.from, subject.to)
    case 'change':
      return joined(subject.kind, subject.tribeId, subject.side, subject.kept.join('+'))
    case 'part':
      return subject.name
    default:
      return subject satisfies never
  }
}

/** The subject of a job that names one record; of a contact person in PowerOffice, with its company as the detail. */
export const recordSubject = (side: StoredSide, id: string | number, detail: string | null = null): string =>
  subjectText({ of: 'record', side, id: String(id), detail })

export function readSubject(kind: JobKind, text: string): JobSubject {
  if (text === '') return { of: 'all' }
  const [first = '', second = '', third = '', fourth] = text.split(':')
  const form = FORMS[kind]
  switch (form) {
    case 'record':
      return recordIn(text)
    case 'pair':
      return { of: form, kind: first, tribeId: second, powerOfficeId: third, parentId: fourth ?? null }
    case 'half':
      return { of: form, kind: first, side: sideNamed(second), id: third, parentId: fourth ?? null }
    case 'days':
      return { of: form, from: first, to: second }
    case 'change':
      return {
        of: form,
        kind: first,
        tribeId: second,
        side: third === 'books' ? 'books' : 'crm',
        kept: (fourth ?? '').split('+'),
      }
    case 'part':
      return { of: form, name: text }
    default:
      return form satisfies never
  }
}

/** A record by its subject; whatever follows the id is its detail. */
export function recordIn(text: string): JobSubject & { of: 'record' } {
  const [side = '', id = '', ...detail] = text.split(':')
  return { of: 'record', side: sideNamed(side), id, detail: detail.length > 0 ? detail.join(':') : null }
}

export const pairIn = (text: string) => as('pair', readSubject('relink', text))
export const halfIn = (text: string) => as('half', readSubject('recreate', text))
export const daysIn = (text: string) => as('days', readSubject('export-invoices', text))
export const changeIn = (text: string) => as('change', readSubject('undo-change', text))

/** Jobs of these kinds always name something. */
function as<F extends Form>(form: F, subject: JobSubject): JobSubject & { of: F } {
  if (subject.of !== form) throw new Error(`A subject of the form ${form} is empty`)
  return subject as JobSubject & { of: F }
}

const sideNamed = (name: string): StoredSide => (name === 'tribe' ? 'tribe' : 'powerOffice')
const joined = (...parts: readonly (string | null)[]): string =>
  parts.filter((part) => part !== null).join(':')

export interface RecordIds {
  tribeId: string | null
  powerOfficeId: string | null
}
const NONE: RecordIds = { tribeId: null, powerOfficeId: null }

/** Which record a job names; one that a webhook asked for is a bare id of Tribe's. */
export function idsOf({ kind, subject }: { kind: string; subject: string }): RecordIds {
  if (!isJobKind(kind)) return NONE
  const named = readSubject(kind, subject)
  switch (named.of) {
    case 'record':
    case 'half':
      if (named.id === '') return NONE
      return named.side === 'tribe' ? { ...NONE, tribeId: named.id } : { ...NONE, powerOfficeId: named.id }
    case 'pair':
      return { tribeId: named.tribeId, powerOfficeId: named.powerOfficeId }
    case 'change':
      return { ...NONE, tribeId: named.tribeId }
    case 'part':
      return kind === 'tribe-changed' ? { ...NONE, tribeId: named.name } : NONE
    case 'all':
    case 'days':
      return NONE
    default:
      return named satisfies never
  }
}

/** Jobs of this kind only look for something again, ever more rarely: a tenant that has nothing else to do is at rest. */
export const LEISURE = 'documentation' satisfies JobKind
