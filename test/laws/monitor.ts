import { tribeIdIn } from '../../src/shared/reference'
import type { SeenRequest } from '../fakes/kit'
import type { Call } from '../platform/network'
import type { Town, TownTenant } from '../platform/town'
import { JOURNAL_LAWS, type Journal, type Write } from './journal-laws'
import { brokenOf } from './law'
import { askedOf, cutOffAfterDelete, isReplacing, jobsOf, type Line, linesIn } from './log'
import { LOG_LAWS } from './log-laws'

/** Neither reads a record nor changes one. */
const NO_WRITE = /(token|webhooks(\/[\w-]+)?)$/i
const OVERDUE_MS = 60_000
/** So long the relay waits for an answer: what takes effect after that is nobody's any more. */
const GIVEN_UP_MS = 30_000

/** Looks on while a town lives, and holds it against the laws at the end. */
export class Monitor {
  private readonly writes: Write[] = []
  /** Orders that the relay took away. */
  private readonly deleted = new Set<string>()
  constructor(private readonly town: Town) {
    town.watchers.push((call) => this.heard(call))
  }

  /** Whatever was broken until now. `isAtRest`: nothing may be left that was due. */
  broken(isAtRest: boolean): string[] {
    const lines = linesIn(this.town.logged.join('\n'))
    return [
      ...brokenOf(LOG_LAWS, this.withCutOff(lines)).map((line) => `the log: ${line}`),
      ...brokenOf(JOURNAL_LAWS, this.journal(lines, isAtRest)).map((line) => `the journals: ${line}`),
    ]
  }

  /**
   * Orders that were taken away by runs that were cut off before they wrote a line of it, or by a bookkeeper before any run had
   * written that it knows them.
   */
  private withCutOff(lines: readonly Line[]): Line[] {
    const jobs = jobsOf(lines)
    const cut = this.town.tenants.flatMap(({ id: tenantId, books }) =>
      books.deletedOrders.flatMap(({ at, id, reference }) => {
        const tribeId = tribeIdIn(reference)
        if (!tenantId || tribeId === null) return []
        const isKnown = jobs.some((one) => one.at <= at && one.told.some((two) => two.powerOfficeId === id))
        if (isKnown && !this.deleted.has(id)) return []
        const isTold = jobs.some(
          (one) => isReplacing(one) && one.tribeId === tribeId && one.begunAt <= at && at <= one.at,
        )
        return isTold ? [] : [cutOffAfterDelete({ tenantId, job: 'cut-off', attempt: 1, tribeId, at })]
      }),
    )
    return [...lines, ...cut].sort((a, b) => a.at - b.at)
  }

  private heard({ at, host, method, path, body, isOrphan, hasEffect }: Call): void {
    const [bare = ''] = path.split('?')
    if (method === 'GET' || NO_WRITE.test(bare)) return
    const [, orderId] = (method === 'DELETE' && /\/SalesOrders\/([^/]+)$/.exec(bare)) || []
    if (orderId !== undefined && hasEffect) this.deleted.add(orderId)
    const isTribe = host === 'tribe.example'
    const { all } = (isTribe ? this.town.tribe : this.town.powerOffice).log
    const seen = all.findLast((one) => one.at === at && one.method === method && one.body === body)
    const tenant = seen && this.town.tenants.find((one) => isOf(one, seen))
    if (!seen || !tenant?.id) return
    const system = isTribe ? 'tribe' : 'powerOffice'
    const isLate = seen.isLate || this.town.timeline.now() - at >= GIVEN_UP_MS
    this.writes.push({
      at,
      tenantId: tenant.id,
      system,
      method,
      path: bare,
      body,
      isLate,
      // What was cut off while this was under way had a job.
      hadJob: isOrphan || tenant.isBusy(),
    })
  }

  journal(lines: readonly Line[], isAtRest: boolean): Journal {
    const { town, writes } = this
    const { tribe, powerOffice, tenants } = town
    const rows = town.platform.database
      .prepare('select tenant_id, kind, tribe_id, power_office_id from links')
      .all() as Record<string, string>[]
    const told = new Set(
      (
        town.platform.database
          .prepare('select tenant_id, tribe_id from timeline where event in (?, ?)')
          .all(...TELLING) as Record<string, string>[]
      ).map(({ tenant_id = '', tribe_id = '' }) => `${tenant_id} ${tribe_id}`),
    )
    // The notice stands, though a run that was cut off could not write its entry.
    for (const { id, jobs } of tenants)
      for (const { code, subject } of jobs.problems(1000))
        if (NOTICES.includes(code ?? '')) told.add(`${id} ${subject.split(':')[1]}`)
    return {
      writes,
      arrivals: {
        // What was held up on its way for long had its turn when it left.
        powerOffice: powerOffice.log.all.filter(({ isLate }) => !isLate).map(({ at }) => at),
        tribe: new Map(
          tenants.map(({ id, crm }) => [
            id,
            tribe.log.all.filter(({ account }) => account === crm.id).map(({ at }) => at),
          ]),
        ),
      },
      pauses: pausesIn(lines),
      marked: tenants.flatMap(markedIn),
      ties: rows.map(({ tenant_id = '', kind = '', tribe_id = '', power_office_id = '' }) => ({
        tenantId: tenant_id,
        kind,
        tribeId: tribe_id,
        powerOfficeId: power_office_id,
      })),
      posted: tenants.flatMap((tenant) => postedIn(tenant, told)),
      overdue: isAtRest ? tenants.flatMap((tenant) => overdueIn(tenant, town.timeline.now())) : [],
    }
  }
}

const isOf = ({ crm, books }: TownTenant, { account }: SeenRequest) =>
  account !== null && (account === crm.id || account === books.clientKey)

function pausesIn(lines: readonly Line[]): Journal['pauses'] {
  const asked = askedOf(lines).filter(({ what }) =>
    /^POST \/(pause|resume|activate|undo\/confirm)$/.test(what),
  )
  return asked.flatMap(({ tenantId, at, what }) => {
    if (what !== 'POST /pause') return []
    const next = asked.find((one) => one.tenantId === tenantId && one.at > at && one.what !== what)
    return [{ tenantId, from: at, until: next?.at ?? Number.POSITIVE_INFINITY }]
  })
}

/** A voucher that was reversed gives its mark free. */
function markedIn({ id: tenantId, books }: TownTenant): Journal['marked'] {
  const of = (what: string, rows: readonly { Id: string | number; mark: string | null | undefined }[]) =>
    rows.flatMap(({ Id, mark }) =>
      mark?.startsWith('relay:') ? [{ tenantId, what, mark, id: String(Id) }] : [],
    )
  const invoices = [...books.salesOrders(), ...books.postedInvoices()]
  return [
    ...of(
      'voucher',
      invoices.map(({ Id, ExternalImportReference: mark }) => ({ Id, mark })),
    ),
    ...of(
      'customer',
      books.customers().map(({ Id, ExternalImportReference: mark }) => ({ Id, mark })),
    ),
    ...of(
      'supplier',
      books.suppliers().map(({ Id, ExternalImportReference: mark }) => ({ Id, mark })),
    ),
  ]
}

const ore = (kroner: unknown) => Math.round(Math.abs(Number(kroner)) * 100)

/** Entries of the timeline that come with a notice: what is booked and what Tribe says are not the same. */
const TELLING = ['booked-otherwise', 'edited-in-tribe']
const NOTICES: readonly string[] = ['invoice.booked_otherwise', 'invoice.changed_in_tribe']

/** What the relay made, by the id of Tribe's invoice that its mark ends with. `told`: of whom a difference was told. */
function postedIn({ id: tenantId, books, crm }: TownTenant, told: ReadonlySet<string>): Journal['posted'] {
  const invoices = new Map(crm.invoices().map((row) => [String(row.ID).replaceAll('-', ''), row]))
  // What was reversed is no invoice any more, and told as that.
  const standing = books.postedInvoices().filter(({ IsReversed }) => !IsReversed)
  return standing.flatMap(({ ExternalImportReference, TotalAmount }) => {
    const [, , key = ''] = String(ExternalImportReference ?? '').split(':')
    const invoice = invoices.get(key)
    if (!invoice) return []
    const [tribe, powerOffice] = [ore(invoice.TotalIncludingVat), ore(TotalAmount)]
    return [{ tenantId, label: key, tribe, powerOffice, isTold: told.has(`${tenantId} ${invoice.ID}`) }]
  })
}

function overdueIn(tenant: TownTenant, now: number): Journal['overdue'] {
  if (tenant.facts.get('reconnect') !== null) return []
  const dueAt = tenant.jobs.nextDueAt()
  if (dueAt === null || now - dueAt <= OVERDUE_MS) return []
  return [{ tenantId: tenant.id, what: `due since ${new Date(dueAt).toISOString()}` }]
}
