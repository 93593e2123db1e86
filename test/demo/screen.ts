/** What the demo shows: short lines in columns, colour and a moving bar only on a terminal. */

const LABEL = 34
const BAR = 28

export interface Screen {
  heading(text: string): void
  /** One thing that was done, or holds. */
  line(label: string, detail?: string): void
  done(label: string, detail?: string): void
  wrong(label: string, detail?: string): void
  /** Draws over itself on a terminal; elsewhere a line for every quarter. */
  progress(done: number, total: number, detail: string): void
  json(value: unknown): void
  blank(): void
}

export function createScreen(out: { write(text: string): unknown; isTTY?: boolean }): Screen {
  const isTerminal = out.isTTY === true
  const isColoured = isTerminal && process.env.NO_COLOR === undefined
  const paint = (code: number) => (text: string) => (isColoured ? `\u001b[${code}m${text}\u001b[0m` : text)
  const [bold, dim, green, red] = [paint(1), paint(2), paint(32), paint(31)]
  const print = (text: string) => void out.write(`${text}\n`)
  const row = (mark: string, label: string, detail = '') =>
    print(`  ${mark} ${label.padEnd(detail ? LABEL : 0)}${detail && ` ${dim(detail)}`}`)
  let quarter = -1

  return {
    heading: (text) => print(`\n${bold(text)}`),
    line: (label, detail) => row(' ', label, detail),
    done: (label, detail) => row(green('✓'), label, detail),
    wrong: (label, detail) => row(red('✗'), label, detail),
    progress(done, total, detail) {
      const part = total > 0 ? Math.min(1, done / total) : 0
      const full = Math.round(part * BAR)
      const bar = `${'█'.repeat(full)}${'░'.repeat(BAR - full)}`
      const text = `    ${bar} ${counted(done).padStart(6)} of ${counted(total)}  ${dim(detail)}`
      const now = Math.floor(part * 4)
      const isEnd = now === 4 && quarter < 4
      if (isTerminal && quarter < 4) out.write(`\r\u001b[2K${text}${isEnd ? '\n' : ''}`)
      else if (now > quarter) print(text)
      quarter = now
    },
    json: (value) => print(dim(compact(value).replace(/^/gm, '    '))),
    blank: () => print(''),
  }
}

const counted = (count: number) => count.toLocaleString('en')

/** JSON with a line for each member, and with what is short on one line. */
export function compact(value: unknown, indent = '', width = 84): string {
  const flat = JSON.stringify(value, null, 1)?.replace(/\n\s*/g, ' ') ?? 'null'
  if (typeof value !== 'object' || value === null || flat.length + indent.length <= width) return flat
  const inner = `${indent}  `
  const isList = Array.isArray(value)
  const members = Object.entries(value).map(([name, member]) => {
    const key = isList ? '' : `${JSON.stringify(name)}: `
    return `${inner}${key}${compact(member, inner, width - key.length)}`
  })
  return `${isList ? '[' : '{'}\n${members.join(',\n')}\n${indent}${isList ? ']' : '}'}`
}
