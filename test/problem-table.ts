/** The README's table of problems, from the catalogue. Run by itself, it writes it there. */
import { readFileSync, writeFileSync } from 'node:fs'
import { explain, PROBLEMS } from '../src/shared/problems'

export const README_MARKS = ['<!-- problems: npm run problems -->', '<!-- /problems -->'] as const

export function problemTable(): string {
  const rows = Object.keys(PROBLEMS)
    .sort()
    .map((code) => {
      const { cause, nextStep } = explain(code, 'en')
      return `| \`${code}\` | ${cause} | ${nextStep} |`
    })
  return ['| code | what it means | what to do |', '| --- | --- | --- |', ...rows].join('\n')
}

if (process.argv[1] === import.meta.filename) {
  const [begin, end] = README_MARKS
  const readme = readFileSync('README.md', 'utf8')
  const [before = '', rest = ''] = readme.split(begin)
  writeFileSync('README.md', `${before}${begin}\n${problemTable()}\n${end}${rest.split(end)[1] ?? ''}`)
}
