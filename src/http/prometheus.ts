/**
 * Prometheus' text format, version 0.0.4: for each metric a line of help, one of its type, and a line for each
 * set of labels. Numbers are as JavaScript writes them, which the format takes.
 */
export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export interface Metric {
  /** `relay_…`, with its unit; a counter ends in `_total`. */
  name: string
  type: 'gauge' | 'counter'
  help: string
  samples: readonly Sample[]
}

export interface Sample {
  labels?: Readonly<Record<string, string>>
  value: number
}

export const textOf = (metrics: readonly Metric[]): string =>
  metrics
    .flatMap(({ name, type, help, samples }) => [
      `# HELP ${name} ${escaped(help)}`,
      `# TYPE ${name} ${type}`,
      ...samples.map(({ labels = {}, value }) => `${name}${braced(labels)} ${spelled(value)}`),
    ])
    .map((line) => `${line}\n`)
    .join('')

function braced(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value, true)}"`)
  return pairs.length > 0 ? `{${pairs.join(',')}}` : ''
}

function escaped(text: string, isLabel = false): string {
  const lines = text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')
  return isLabel ? lines.replace(/"/g, '\\"') : lines
}

/** JavaScript has other words for infinity than Prometheus. */
const spelled = (value: number): string =>
  String(value).replace(/^(-?)Infinity$/, (_, sign) => `${sign || '+'}Inf`)
