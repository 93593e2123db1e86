import type { FC } from 'hono/jsx'
import type { Activity, AgesAnswer, RelayActivity } from '../http/activity'
import type { Glance } from '../http/operator'
import { Bars, Beside } from './charts'
import { amountIn, dayTextIn, hourIn, numberIn, shareIn, spanIn } from './format'
import { Table } from './parts'
import { homeOf, type View } from './view'

/** What happened lately, as pictures with their numbers behind them. */

const SORTS = ['events', 'writes', 'problems'] as const
const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0)

/** A tenant's last 30 days. */
export const LastDays: FC<{ view: View; activity: Activity }> = ({ view, activity: { days, arrivals } }) => {
  const { language, texts } = view
  const t = texts.pictures
  const number = (value: number) => numberIn(language, value)
  const ends = [dayTextIn(language, days[0]?.day ?? ''), dayTextIn(language, days.at(-1)?.day ?? '')] as const
  return (
    <section>
      <h2>{t.title}</h2>
      <div class="charts">
        {SORTS.map((sort) => {
          const values = days.map((day) => day[sort])
          const [total, most] = [sum(values), Math.max(...values)]
          const day = days.find((one) => one[sort] === most)?.day ?? ''
          const says =
            total === 0
              ? t.saidNone(t[sort])
              : t.said(t[sort], number(total), number(most), dayTextIn(language, day))
          const tone = sort === 'problems' ? 'bad' : 'main'
          return (
            <Bars
              title={t[sort]}
              note={t.total(number(total))}
              says={says}
              values={values}
              ends={ends}
              tone={tone}
            />
          )
        })}
      </div>
      <p>
        {t.arrival}:{' '}
        {arrivals.medianSeconds === null || arrivals.p95Seconds === null
          ? t.noArrivals
          : t.arrivals(
              spanIn(language, arrivals.medianSeconds),
              spanIn(language, arrivals.p95Seconds),
              number(arrivals.count),
            )}
      </p>
      <details>
        <summary>{t.table}</summary>
        <Table caption={t.title} isTitled heads={[t.day, t.events, t.writes, t.problems]} numeric={1}>
          {days.toReversed().map((day) => (
            <tr>
              <th scope="row">{dayTextIn(language, day.day)}</th>
              {SORTS.map((sort) => (
                <td class="number">{number(day[sort])}</td>
              ))}
            </tr>
          ))}
        </Table>
      </details>
    </section>
  )
}

const AGES = ['notDue', 'to30', 'to60', 'to90', 'over90', 'credit'] as const

/** What customers owe, where a field of receivables is mapped; else nothing. */
export const OwedByAge: FC<{ view: View; found: AgesAnswer }> = ({ view, found: { state, ages } }) => {
  const { language, texts } = view
  const t = texts.pictures
  if (state === 'not-mapped') return null
  const most = ages === null ? 0 : Math.max(...AGES.map((age) => ages[age]))
  return (
    <section>
      <h2>{t.ages}</h2>
      {ages === null ? (
        <p>{t.agesAway}</p>
      ) : (
        <>
          <p class="hint">{t.agesHint}</p>
          <Table caption={t.ages} isTitled heads={[t.age, '', t.amount]} numeric={2}>
            {AGES.map((age) => (
              <tr>
                <th scope="row">{t.agesOf[age]}</th>
                <td class="drawn">
                  <Beside
                    value={ages[age]}
                    most={most}
                    tone={age === 'notDue' || age === 'credit' ? 'main' : 'bad'}
                  />
                </td>
                <td class="number">{amountIn(language, ages[age])}</td>
              </tr>
            ))}
          </Table>
        </>
      )}
    </section>
  )
}

/** All tenants, for the operator. */
export const AllTenants: FC<{
  view: View
  activity: RelayActivity
  healths: readonly { health: HealthName; label: string; count: number; isIll: boolean }[]
}> = ({ view, activity: { hours, perHour, busiest, slowest }, healths }) => {
  const { language, texts } = view
  const t = texts.pictures
  const number = (value: number) => numberIn(language, value)
  const ends = [hourIn(language, hours[0]?.hour ?? ''), hourIn(language, hours.at(-1)?.hour ?? '')] as const
  const ofTribe = hours.map(({ tribe }) => tribe)
  const ofPowerOffice = hours.map(({ powerOffice }) => powerOffice)
  const mostOfPowerOffice = Math.max(...ofPowerOffice)
  const share = (value: number, whole: number) => shareIn(language, value / whole)
  const saysTribe = t.useOfOne(
    t.budget.tribe,
    number(sum(ofTribe)),
    number(busiest),
    share(busiest, perHour.tribe),
  )
  const saysPowerOffice = t.use(
    t.budget.powerOffice,
    number(mostOfPowerOffice),
    share(mostOfPowerOffice, perHour.powerOffice),
  )
  return (
    <>
      <section>
        <h2>{t.health}</h2>
        <Table caption={t.health} isTitled heads={[texts.tenants.health, '', t.count]} numeric={2}>
          {healths.map(({ health, label, count, isIll }) => (
            <tr>
              <th scope="row">
                {count > 0 ? <a href={`/console/tenants?health=${health}`}>{label}</a> : label}
              </th>
              <td class="drawn">
                <Beside
                  value={count}
                  most={Math.max(...healths.map((one) => one.count))}
                  tone={isIll ? 'bad' : 'main'}
                />
              </td>
              <td class="number">{number(count)}</td>
            </tr>
          ))}
        </Table>
      </section>
      <section>
        <h2>{t.budgets}</h2>
        <div class="charts">
          <Bars title={t.budget.tribe} says={saysTribe} values={ofTribe} ends={ends} note="" />
          <Bars
            title={t.budget.powerOffice}
            says={saysPowerOffice}
            values={ofPowerOffice}
            ends={ends}
            note=""
          />
        </div>
        <p>{saysTribe}</p>
        <p>{saysPowerOffice}</p>
        <details>
          <summary>{t.table}</summary>
          <Table
            caption={t.budgets}
            isTitled
            heads={[t.hour, t.budget.tribe, t.budget.powerOffice]}
            numeric={1}
          >
            {hours.toReversed().map(({ hour, tribe, powerOffice }) => (
              <tr>
                <th scope="row">{hourIn(language, hour)}</th>
                <td class="number">{number(tribe)}</td>
                <td class="number">{number(powerOffice)}</td>
              </tr>
            ))}
          </Table>
        </details>
      </section>
      <section>
        <h2>{t.slowest}</h2>
        {slowest.length === 0 ? (
          <p>{t.slowestNone}</p>
        ) : (
          <Table
            caption={t.slowest}
            isTitled
            heads={[texts.tenants.name, t.half, t.most95, t.changes]}
            numeric={1}
          >
            {slowest.map(({ id, name, medianSeconds, p95Seconds, count }) => (
              <tr>
                <th scope="row">
                  <a href={homeOf(id)}>{name}</a>
                </th>
                <td class="number">{spanIn(language, medianSeconds ?? 0)}</td>
                <td class="number">{spanIn(language, p95Seconds ?? 0)}</td>
                <td class="number">{number(count)}</td>
              </tr>
            ))}
          </Table>
        )}
      </section>
    </>
  )
}

/** How many tenants are how, those that need somebody first. */
export const byHealth = (view: View, tenants: readonly Glance[]) =>
  HEALTHS.map((health) => ({
    health,
    label: healthLabel(view, health),
    count: tenants.filter((tenant) => healthOf(tenant) === health).length,
    isIll: ['reconnect', 'problems', 'late'].includes(health),
  }))

export const healthLabel = ({ texts }: View, health: HealthName): string =>
  health === 'problems' ? texts.pictures.problemsNow : texts.states[health]

export const HEALTHS = ['reconnect', 'problems', 'late', 'initial-sync', 'active', 'setup', 'paused'] as const
export type HealthName = (typeof HEALTHS)[number]

/** How a tenant is, in a word: what it is doing, or what it waits for. */
export const healthOf = ({ state, problems, health }: Glance): HealthName => {
  if (state !== 'active') return state
  if (problems > 0) return 'problems'
  return health.state === 'unhealthy' ? 'late' : state
}
