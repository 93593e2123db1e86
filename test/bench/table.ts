export interface Row {
  what: string
  value: string
  goal: string
  isMet?: boolean
}

export interface Machine {
  processor: string
  memoryGb: number
  /** How many processes wanted to run, before and after. */
  loads: readonly number[]
  at: Date
}

/** What `npm run bench` writes. */
export function tableOf(rows: readonly Row[], { processor, memoryGb, loads, at }: Machine): string {
  const cores = Number.parseInt(processor, 10)
  const isBusy = (loads[0] ?? 0) > cores / 2
  const busy = isBusy
    ? `The machine was busy with other work at the same time (${loads.map((load) => load.toFixed(1)).join(' to ')} processes for ${cores} cores): ratios hold, times are longer than they would be by themselves.`
    : 'Nothing else of weight ran on it.'
  return `# Benchmarks

Made by \`npm run bench\` on ${at.toISOString().slice(0, 10)}, ${processor}, ${memoryGb} GB, Node ${process.versions.node}. ${busy}

The built bundle runs in workerd, without wrangler in between, with the small Tribe and PowerOffice of \`test/fakes\`
in another process on the same machine; so do the callers. The bare Worker only looks at a secret and inserts one row into an object.

| what | measured | goal | met |
| --- | --- | --- | --- |
${rows.map(({ what, value, goal, isMet }) => `| ${what} | ${value} | ${goal} | ${isMet === undefined ? '' : isMet ? 'yes' : 'no'} |`).join('\n')}
`
}
