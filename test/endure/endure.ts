/**
 * `npm run endure` lets several companies live for a simulated week, with all the faults of the catalogue.
 * `-- --seed K --days 7 --tenants N` says which and how long, `-- --seeds 20 --from 1` runs so many seeds one after
 * another, and `-- --story` tells all that happened.
 */
import { parseArgs } from 'node:util'
import { reportOf, tableOf } from './table'
import { endure } from './week'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    days: { type: 'string', default: '7' },
    tenants: { type: 'string', default: '3' },
    seeds: { type: 'string', default: '1' },
    from: { type: 'string' },
    story: { type: 'boolean', default: false },
  },
})
const first = Number(values.from ?? values.seed)
const [days, tenants] = [Number(values.days), Number(values.tenants)]
let failed = 0
for (let seed = first; seed < first + Number(values.seeds); seed++) {
  const outcome = await endure({ seed, days, tenants })
  if (values.story) console.log(outcome.story.join('\n'))
  if (values.seeds === '1' || outcome.faults.length > 0) console.log(tableOf(outcome))
  for (const fault of outcome.faults.slice(0, 12)) console.log(`  ${fault}`)
  if (outcome.faults.length === 0) {
    if (values.seeds !== '1') console.log(`seed ${seed}: all is in step`)
    continue
  }
  failed++
  console.log(reportOf(outcome, days, tenants))
}
console.log(`${values.seeds} seeds of ${days} days and ${tenants} companies, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
