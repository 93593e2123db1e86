/**
 * `npm run observe < log` holds a real log of the relay's against its promises, as far as a log alone shows them. It takes
 * what `wrangler tail --format json` prints, Logpush, or bare lines. Ends with 1 when a law is broken, or nothing was there to see.
 */
import { text } from 'node:stream/consumers'
import { brokenOf } from './law'
import { jobsOf, linesIn, withCutOff } from './log'
import { LOG_LAWS } from './log-laws'

const lines = linesIn(await text(process.stdin))
const jobs = jobsOf(lines)
const tenants = new Set(jobs.map(({ tenantId }) => tenantId))
for (const { name, says } of LOG_LAWS) console.log(`${name}: ${says}`)
const broken = brokenOf(LOG_LAWS, withCutOff(lines))
for (const line of broken) console.log(line)
const [first, last] = [lines[0]?.at, lines.at(-1)?.at]
const span = first && last ? `, ${new Date(first).toISOString()} to ${new Date(last).toISOString()}` : ''
console.log(`${jobs.length} runs of ${tenants.size} tenants${span}: ${broken.length} breaches`)
process.exitCode = broken.length > 0 || jobs.length === 0 ? 1 : 0
