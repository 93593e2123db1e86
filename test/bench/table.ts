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
  /** Which share of the processors others used, before and after. */
  busy: readonly number[]
  at: Date
  minutes: number
}

/** So much is the machine's own. */
const QUIET = 0.1

/** What `npm run bench` writes. */
export function tableOf(rows: readonly Row[], { processor, memoryGb, busy, at, minutes }: Machine): string {
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
a pause after each: processor times hold all of it. The callers and the fakes share the two cores with workerd.

| what | measured | goal | met |
| --- | --- | --- | --- |
${rows.map((row) => `| ${row.what} | ${row.value} | ${row.goal} | ${verdict(row)} |`).join('\n')}
`
}

const verdict = ({ isMet }: Row): string => {
  if (isMet === undefined) return ''
  return isMet ? 'yes' : '**no**'
}
