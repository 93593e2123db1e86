import { quantile } from './load'

export interface Row {
  what: string
  value: string
  goal: string
  isMet?: boolean
}

export const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ms`
export const times = (value: number): string => `${value.toFixed(2)} ×`

export interface Machine {
  processor: string
  memoryGb: number
  /** How long its disk takes to keep four kilobytes for sure: each time, the shortest first. */
  syncs: readonly number[]
  /** Which share of the processors others used, before and after. */
  busy: readonly number[]
  at: Date
  minutes: number
}

/** So much is the machine's own. */
const QUIET = 0.1

/** What `npm run bench` writes. */
export function tableOf(
  rows: readonly Row[],
  { processor, memoryGb, syncs, busy, at, minutes }: Machine,
): string {
  const [half, most] = [0.5, 0.95].map((part) => ms(quantile(syncs, part)))
  const percent = busy.map((share) => `${(100 * share).toFixed(0)} %`).join(' before it and ')
  const others = busy.some((share) => share > QUIET)
    ? `Others used ${percent} after it of the processors: ratios and counts hold, times are longer than they would be by themselves.`
    : 'Nothing else of weight ran on it.'
  return `# Benchmarks

Made by \`npm run bench\` on ${at.toISOString().slice(0, 10)} in ${minutes.toFixed(1)} minutes, ${processor}, ${memoryGb} GB, Node ${process.versions.node}. ${others}

The built bundle runs in workerd, without wrangler in between, with the small Tribe and PowerOffice of \`test/fakes\`
in another process on the same machine; so do the callers. The bare Worker only looks at a secret and inserts one row into an object.
Active tenants, loads at the window and crowds keep to Tribe's own limit, 1,000 calls a minute. At rest, the first five
events are not counted. What comes of the events of active tenants falls into the relay's own turns of eight seconds, or into
a pause after each: processor times hold all of it; each of their turns begins with five seconds that are not counted, and each of paused ones with two. The callers and the fakes share the two cores with workerd.
To keep 4 KiB for sure, the disk of this machine takes ${half} (half of all times) or up to ${most} (95 %): a lone event waits for three such times at the least.

| what | measured | goal | met |
| --- | --- | --- | --- |
${rows.map((row) => `| ${row.what} | ${row.value} | ${row.goal} | ${verdict(row)} |`).join('\n')}
`
}

const verdict = ({ isMet }: Row): string => {
  if (isMet === undefined) return ''
  return isMet ? 'yes' : '**no**'
}
