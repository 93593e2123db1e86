/** The paper of all problems, from the catalogue. Run by itself, it writes it beside the catalogue. */
import { writeFileSync } from 'node:fs'
import { explain, PROBLEMS } from '../src/shared/problems'

export const PROBLEM_PAPER = 'src/shared/problems/README.md'

const HEAD = `# Problems

Written by \`npm run problems\`. Each problem has a stable code, a cause and a next step. The API tells them in English, Dutch or
Norwegian (\`?language=en|nl|nb\`, else \`Accept-Language\`); the texts are in this folder.
`

export function problemPaper(): string {
  const rows = Object.keys(PROBLEMS)
    .sort()
    .map((code) => {
      const { cause, nextStep } = explain(code, 'en')
      return `| \`${code}\` | ${cause} | ${nextStep} |`
    })
  return [HEAD, '| code | what it means | what to do |', '| --- | --- | --- |', ...rows, ''].join('\n')
}

if (process.argv[1] === import.meta.filename) writeFileSync(PROBLEM_PAPER, problemPaper())
