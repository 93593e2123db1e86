import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { TenantStatus } from '../../http/status'
import { amountIn, numberIn } from '../format'
import { page } from '../layout'
import { Action, Badge, Table, Time } from '../parts'
import { apiPath, type Console, homeOf, type View } from '../view'

/** Both sides next to each other, as the last comparison counted them. */
export const comparison = new Hono<Console>().get('/tenants/:id/comparison', async (c) => {
  const view = c.get('view')
  const status = await c.get('api').get<TenantStatus>(apiPath(c.req.param('id'), '/status'))
  const frame = { title: view.texts.tabs.comparison, tenant: status, tab: 'comparison' as const }
  return page(c, frame, <Comparison view={view} status={status} />)
})

/** Where counts differ though no record does, one side has records of its own. */
const Outcome: FC<{
  texts: View['texts']['comparison']
  row: TenantStatus['comparison']['rows'][number]
}> = ({ texts: t, row }) => {
  if (row.differ > 0) return <Badge tone="warn">{t.differs}</Badge>
  if (row.tribe === row.powerOffice) return <Badge tone="good">{t.same}</Badge>
  return <Badge tone="quiet">{t.oneSided}</Badge>
}

const Comparison: FC<{ view: View; status: TenantStatus }> = ({ view, status }) => {
  const { texts, language } = view
  const t = texts.comparison
  const { at, rows } = status.comparison
  const number = (value: number) => <td class="number">{numberIn(language, value)}</td>
  const amount = (value: number) => <td class="number">{amountIn(language, value)}</td>
  const withSums = rows.flatMap((row) => (row.sums ? [{ what: row.what, sums: row.sums }] : []))
  // An older version has kept no such sum.
  const kept = (value: number | undefined) =>
    value === undefined ? <td class="number">–</td> : amount(value)
  const inOthers = withSums.flatMap(({ sums }) => sums.currencies ?? [])
  const nameOf = (what: string) => t.whats[what as keyof typeof t.whats] ?? what
  return (
    <>
      <h1>{texts.tabs.comparison}</h1>
      <p class="lead">{t.intro}</p>
      {at === null ? (
        <p>{t.none}</p>
      ) : (
        <>
          <p>
            {t.comparedAt} <Time view={view} at={at} />.
          </p>
          <Table
            caption={t.counts}
            heads={[t.what, 'Tribe', 'PowerOffice', t.linked, t.differ, t.outcome]}
            numeric={1}
          >
            {rows.map((row) => (
              <tr>
                <th scope="row">{nameOf(row.what)}</th>
                {number(row.tribe)}
                {number(row.powerOffice)}
                {number(row.linked)}
                {number(row.differ)}
                <td class="number">
                  <Outcome texts={t} row={row} />
                </td>
              </tr>
            ))}
          </Table>
          {withSums.length > 0 && (
            <Table
              caption={t.sums}
              heads={[
                ...[t.what, 'Tribe', 'PowerOffice', t.paid, t.open],
                ...[t.credited, t.writtenOff, t.reversed],
              ]}
              numeric={1}
            >
              {withSums.map(({ what, sums }) => (
                <tr>
                  <th scope="row">{nameOf(what)}</th>
                  {amount(sums.tribe)}
                  {amount(sums.powerOffice)}
                  {amount(sums.paid)}
                  {amount(sums.open)}
                  {kept(sums.credited)}
                  {kept(sums.writtenOff)}
                  {kept(sums.reversed)}
                </tr>
              ))}
            </Table>
          )}
          {inOthers.length > 0 && (
            <Table caption={t.currencies} heads={[t.currency, 'Tribe', 'PowerOffice']} numeric={1}>
              {inOthers.map((sum) => (
                <tr>
                  <th scope="row">{sum.currency}</th>
                  {amount(sum.tribe)}
                  {amount(sum.powerOffice)}
                </tr>
              ))}
            </Table>
          )}
        </>
      )}
      <Action to={homeOf(status.id, '/sync')} fields={{ what: 'compare' }} label={t.now} kind="main" />
      <p class="hint">{t.nightly}</p>
    </>
  )
}
