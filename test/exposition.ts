/**
 * A strict reader of Prometheus' text format, written from its description: what it does not know it
 * refuses. Gives each metric with its samples.
 */
export interface Exposed {
  type: string
  help: string
  samples: { labels: Record<string, string>; value: number }[]
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"/y
const NUMBER = /^(NaN|[+-]?Inf|[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?)$/

export function readExposition(text: string): Map<string, Exposed> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  const metrics = new Map<string, Exposed>()
  const seen = new Set<string>()
  let current = ''
  for (const line of text.slice(0, -1).split('\n')) {
    const help = new RegExp(`^# HELP (${NAME}) ((?:[^\\\\]|\\\\[\\\\n])+)$`).exec(line)
    if (help?.[1]) {
      if (metrics.has(help[1])) throw new Error(`told twice: ${line}`)
      current = help[1]
      metrics.set(current, { type: '', help: unescaped(help[2] ?? ''), samples: [] })
      continue
    }
    const metric = metrics.get(current)
    const type = new RegExp(`^# TYPE (${NAME}) (counter|gauge)$`).exec(line)
    if (type) {
      if (type[1] !== current || !metric || metric.type || metric.samples.length > 0)
        throw new Error(`a type out of place: ${line}`)
      metric.type = type[2] ?? ''
      continue
    }
    const sample = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`).exec(line)
    const [, name, labels = '', value = ''] = sample ?? []
    if (name !== current || !metric?.type || !NUMBER.test(value)) throw new Error(`no sample: ${line}`)
    if (metric.type === 'counter' && !name.endsWith('_total')) throw new Error(`no counter's name: ${name}`)
    const series = `${name}{${labels}}`
    if (seen.has(series)) throw new Error(`a series twice: ${line}`)
    seen.add(series)
    metric.samples.push({ labels: labelsIn(labels), value: Number(value.replace('Inf', 'Infinity')) })
  }
  return metrics
}

function labelsIn(text: string): Record<string, string> {
  const labels: Record<string, string> = {}
  for (let at = 0; at < text.length; ) {
    LABEL.lastIndex = at
    const found = LABEL.exec(text)
    const [whole = '', name = '', value = ''] = found ?? []
    if (!found || name in labels) throw new Error(`no labels: ${text}`)
    labels[name] = unescaped(value)
    at += whole.length
    if (at < text.length && text[at++] !== ',') throw new Error(`no comma between labels: ${text}`)
  }
  return labels
}

const unescaped = (text: string) => text.replace(/\\(.)/g, (_, sign) => (sign === 'n' ? '\n' : sign))
