/**
 * `npm run endure` lets several companies live for a simulated week, with all the faults of the catalogue.
 * `-- --seed K --days 7 --tenants N` says which and how long, `-- --seeds 20 --from 1` runs so many seeds on all cores;
 * without either they are today's, and `-- --day 2026-11-29` takes those of another day. `-- --story` tells all that
 * happened.
 */
import { parseArgs } from 'node:util'
import { seedsOf, today } from '../seeds/day'
import { inProcesses, worksForAnother } from '../seeds/processes'
import { reportOf, tableOf } from './table'
import { endure, type Given, type Outcome } from './week'

if (!worksForAnother(endure)) await main()

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      days: { type: 'string', default: '7' },
      tenants: { type: 'string', default: '3' },
      seeds: { type: 'string', default: '1' },
      from: { type: 'string' },
      day: { type: 'string', default: today() },
      story: { type: 'boolean', default: false },
    },
  })
  const { day } = values
  const [days, tenants, count] = [Number(values.days), Number(values.tenants), Number(values.seeds)]
  const first = values.seed ?? values.from
  if (first === undefined)
    console.log(
      `seeds of ${day}; again with: npm run endure -- --seeds ${count} --days ${days} --tenants ${tenants} --day ${day}`,
    )
  const seeds =
    first === undefined ? seedsOf(day, count) : Array.from({ length: count }, (_, n) => Number(first) + n)
  let failed = 0
  const hear = (outcome: Outcome) => {
    if (values.story) console.log(outcome.story.join('\n'))
    if (count === 1 || outcome.faults.length > 0) console.log(tableOf(outcome))
    for (const fault of outcome.faults.slice(0, 12)) console.log(`  ${fault}`)
    if (outcome.faults.length === 0 && count > 1) console.log(`seed ${outcome.seed}: all is in step`)
    if (outcome.faults.length === 0) return
    failed++
    console.log(reportOf(outcome, days, tenants))
  }
  const tasks = seeds.map((seed): Given => ({ seed, days, tenants }))
  if (tasks.length === 1) for (const task of tasks) hear(await endure(task))
  else await inProcesses<Given, Outcome>(import.meta.url, tasks, hear)
  console.log(`${count} seeds of ${days} days and ${tenants} companies, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}
