/** A line of the relay's own log, as `src/shared/log.ts` writes it. */
export interface Line {
  event: string
  /** Milliseconds since 1970; when the run of a job had ended. */
  at: number
  tenantId: string | null
  [member: string]: unknown
}

export interface JobLine extends Line {
  job: string
  kind: string
  tribeId: string | null
  powerOfficeId: string | null
  /** Runs of the job that began since one of them ended well, this one counted. */
  attempt: number
  outcome: string
  code: string | null
  begunAt: number
  tribe: number
  powerOffice: number
  wrote: Readonly<Record<string, number>>
  told: readonly { event: string; kind: string; tribeId: string; powerOfficeId: string }[]
}

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Reads a log: bare lines, lines that something stands in front of, and what `wrangler tail --format json` and Logpush give
 * (an invocation with its lines inside), in one line or over many. What is no line of the relay's is passed over.
 */
export function linesIn(text: string): Line[] {
  const found = documentsIn(text).flatMap((document) => within(document))
  return found.flatMap((json) => asLine(json) ?? []).sort((a, b) => a.at - b.at)
}

/** A tail that a person reads is printed over many lines, from `{` to `}` at the margin. */
function documentsIn(text: string): unknown[] {
  const documents: unknown[] = []
  let open: string[] | null = null
  for (const line of text.split('\n')) {
    if (open) open.push(line)
    else if (line === '{') open = [line]
    else documents.push(parsed(line.slice(Math.max(0, line.indexOf('{')))))
    if (!open || line !== '}') continue
    documents.push(parsed(open.join('\n')))
    open = null
  }
  return documents
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function within(document: unknown): Json[] {
  if (!isObject(document)) return []
  const logs = document.logs ?? document.Logs
  if (!Array.isArray(logs)) return [document]
  return logs.filter(isObject).flatMap((one) => {
    const at = one.timestamp ?? one.TimestampMs
    const said = one.message ?? one.Message
    return [said].flat().flatMap((message) => {
      const json = typeof message === 'string' ? parsed(message) : message
      return isObject(json) ? [{ at, ...json }] : []
    })
  })
}

function asLine(json: Json): Line | null {
  const { event, at, tenantId = null } = json
  const time = typeof at === 'number' ? at : Date.parse(String(at))
  if (typeof event !== 'string' || Number.isNaN(time)) return null
  if (event !== 'job')
    return { ...json, event, at: time, tenantId: tenantId === null ? null : String(tenantId) }
  const { wrote, told, ms } = json
  return {
    ...json,
    event,
    at: time,
    tenantId: String(tenantId),
    begunAt: time - Number(ms ?? 0),
    wrote: isObject(wrote) ? wrote : {},
    told: (Array.isArray(told) ? told : []).map((one) => {
      const [what = '', kind = '', tribe = '', powerOffice = ''] = String(one).split(' ')
      return { event: what, kind, tribeId: tribe, powerOfficeId: powerOffice }
    }),
  }
}

export const jobsOf = (lines: readonly Line[]): JobLine[] =>
  lines.filter(({ event }) => event === 'job') as JobLine[]

/** The line that a look at an invoice did not come to write, which had taken its order away to make it anew. */
export const cutOffAfterDelete = (of: {
  tenantId: string | null
  job: string
  attempt: number
  tribeId: string
  at: number
}): JobLine => ({
  ...of,
  event: 'job',
  kind: 'invoice',
  powerOfficeId: null,
  outcome: 'cut-off',
  code: null,
  begunAt: of.at,
  tribe: 0,
  powerOffice: 0,
  wrote: { [DELETES]: 1 },
  told: [],
})
/** An order that is not posted yet is taken away, and made anew of what Tribe says by now. */
const DELETES = 'powerOffice DELETE SalesOrders/_'
export const isReplacing = ({ wrote }: JobLine): boolean => (wrote[DELETES] ?? 0) > 0

/**
 * With what a log alone says of runs that were cut off: a job counts its runs until one ends well, and there were more than lines
 * tell of. Of an invoice such a one may have taken the order away.
 */
export function withCutOff(lines: readonly Line[]): Line[] {
  const failed = new Map<string, number>()
  const missing = jobsOf(lines).flatMap(({ tenantId, job, attempt, kind, tribeId, begunAt, outcome }) => {
    const name = `${tenantId} ${job}`
    const told = failed.get(name) ?? 0
    failed.set(name, outcome === 'failed' ? attempt : 0)
    return attempt > told + 1 && kind === 'invoice' && tribeId !== null
      ? [cutOffAfterDelete({ tenantId, job, attempt: attempt - 1, tribeId, at: begunAt })]
      : []
  })
  return [...lines, ...missing].sort((a, b) => a.at - b.at)
}

/** What an admin or the operator asked for, and was given, by its route without the tenant in front. */
export function askedOf(lines: readonly Line[]): { tenantId: string; at: number; what: string }[] {
  return lines.flatMap(({ event, at, tenantId, what, status }) => {
    const isDone = event === 'audit' && tenantId !== null && Number(status) < 400
    return isDone ? [{ tenantId, at, what: String(what).replace('/api/tenants/:id', '') }] : []
  })
}
