import { PROBLEMS } from '../../src/shared/problems'
import { answerQuestions } from '../converge/questions'
import type { KindName } from '../fakes/catalogue'
import { mended } from '../faults/scenario'
import { Monitor } from '../laws/monitor'
import { Dice } from '../platform/dice'
import { Refusal, Town, type TownTenant } from '../platform/town'
import { Company } from './company'
import { Spells } from './spells'

export interface Told {
  name: string
  mode: string
  edits: number
  events: number
  invoices: number
  vouchers: number
  payments: number
  callsToTribe: number
  callsToPowerOffice: number
  lives: number
  struck: Partial<Record<KindName, number>>
  problems: string[]
}

export interface Outcome {
  seed: number
  faults: string[]
  story: string[]
  companies: Told[]
  mostInASecond: number
}

export interface Given {
  seed: number
  days: number
  tenants: number
}

const HOUR_MS = 3_600_000
const MORNING = 6
const OFFICE_HOURS = 9

/** So many days of so many companies on one gate and one D1: work by day, trouble with it, and quiet by night. */
export async function endure({ seed, days, tenants }: Given): Promise<Outcome> {
  const town = new Town(seed, `2026-03-02T0${MORNING}:00:00Z`)
  const faults: string[] = []
  const companies: Company[] = []
  const spells = new Spells(town, new Dice(seed + 0xbad))
  const monitor = new Monitor(town)
  try {
    const dice = new Dice(seed)
    town.platform.startCron(days + 1)
    for (let n = 1; n <= tenants; n++) companies.push(await Company.join(town, n, new Dice(seed * 1000 + n)))
    for (let day = 1; day <= days && faults.length === 0; day++) {
      town.tell(`DAY ${day}`)
      await aDay(town, companies, spells, dice)
      faults.push(...faultsAt(town, companies).map((line) => `day ${day}: ${line}`))
    }
    if (faults.length === 0) faults.push(...(await stillness(town)))
    faults.push(...monitor.broken(true))
  } catch (thrown) {
    faults.push(`the run broke: ${thrown instanceof Error ? thrown.stack : String(thrown)}`)
  } finally {
    spells.clear()
    town.platform.close()
  }
  return {
    seed,
    faults,
    story: town.story,
    mostInASecond: town.powerOffice.log.mostWithin(1000),
    companies: companies.map((company) => ({
      name: company.name,
      mode: company.settings.invoices.mode,
      edits: company.edits,
      events: company.crm.deliveries.length,
      invoices: company.bills.count,
      vouchers: company.bills.vouchers,
      payments: company.bills.payments,
      callsToTribe: town.tribe.log.matching(/./, company.crm.id).length,
      callsToPowerOffice: town.powerOffice.requestsOf(company.books).length,
      lives: company.relay.lives,
      struck: Object.fromEntries(spells.struck.get(company) ?? []),
      problems: company.tenant.jobs.problems(100).map(({ kind, code }) => `${kind} ${code}`),
    })),
  }
}

/** From the morning of one day to the next. */
async function aDay(town: Town, companies: readonly Company[], spells: Spells, dice: Dice): Promise<void> {
  const { timeline } = town
  for (const company of companies) {
    // Some have a quiet day.
    for (let acts = dice.pick([4, 15, 40]); acts > 0; acts--)
      timeline.after(dice.between(0, OFFICE_HOURS * HOUR_MS), () => company.act())
    for (let count = dice.between(1, 6); count > 0; count--) spells.plan(company, OFFICE_HOURS)
  }
  // An admin looks at each company now and then.
  for (let hour = 1; hour <= OFFICE_HOURS + 2; hour++) {
    await timeline.run(HOUR_MS)
    const isClear = hour > OFFICE_HOURS
    if (hour === OFFICE_HOURS + 1) spells.clear()
    for (const company of companies) {
      await lookAt(town, company.tenant, { isClear })
      if (isClear) await town.waitFor(answerQuestions(company, company.tenant))
    }
  }
  await timeline.run((24 - OFFICE_HOURS - 2) * HOUR_MS)
}

/** An admin looks at a company. In the midst of trouble they may be told to come back later, and do within the hour. */
export async function lookAt(
  town: Town,
  tenant: TownTenant,
  { isClear }: { isClear: boolean },
): Promise<void> {
  try {
    await mended(town, tenant)
  } catch (thrown) {
    if (isClear || !(thrown instanceof Refusal && thrown.isForLater)) throw thrown
    town.tell(`ADMIN of ${tenant.id} is to come back later: ${thrown.message}`)
  }
}

function faultsAt(town: Town, companies: readonly Company[]): string[] {
  const most = town.powerOffice.log.mostWithin(1000)
  const unknown = companies.flatMap(({ name, tenant }) =>
    tenant.jobs
      .problems(1000)
      .filter(({ code }) => !code || !Object.hasOwn(PROBLEMS, code) || code === 'relay.unexpected')
      .map(
        (job) => `${name}: a problem without a name: ${job.kind} ${job.subject} ${job.code} ${job.message}`,
      ),
  )
  return [
    ...(most > 10 ? [`${most} requests to PowerOffice within a second`] : []),
    ...(town.powerOffice.overLimit > 0
      ? [`${town.powerOffice.overLimit} requests over PowerOffice's limit`]
      : []),
    ...unknown,
    // What was done just before it was cut off may not show yet, and is done again without harm.
    ...town
      .violations()
      .filter((line) => !/needless write|changes nothing|replaced by a new record/.test(line)),
    ...companies.flatMap((company) => company.faults()),
  ]
}

/** When nobody does anything, nothing is written. */
async function stillness(town: Town): Promise<string[]> {
  const before = town.calls.length
  await town.passMinutes(45)
  return town.calls
    .slice(before)
    .filter(({ method, path }) => method !== 'GET' && !/token$|webhooks/i.test(path))
    .map(({ method, path }) => `a write without a cause: ${method} ${path}`)
}
