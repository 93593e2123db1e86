import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Measured } from './measure'

/** `npm run profile [-- files or flags of vitest]`: where the time of `npm test` goes, as tables for test/README.md. */

const CHECKS = ['lint', 'types', 'build']

async function timed(command: string, args: readonly string[], env: Record<string, string> = {}) {
  const began = performance.now()
  const child = spawn(command, args, { stdio: ['ignore', 2, 2], env: { ...process.env, ...env } })
  const [code] = await once(child, 'close')
  return { seconds: (performance.now() - began) / 1000, code: Number(code) }
}

const shown = (seconds: number) => seconds.toFixed(1)

async function main(): Promise<number> {
  console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'an unknown processor'}, Node ${process.version}\n`)
  console.log('| step | seconds |\n| --- | --: |')
  for (const check of CHECKS)
    console.log(`| ${check} | ${shown((await timed('npm', ['run', '-s', check])).seconds)} |`)
  const file = join(mkdtempSync(join(tmpdir(), 'profile-')), 'files.jsonl')
  const { seconds, code } = await timed('npx', ['vitest', 'run', ...process.argv.slice(2)], { PROFILE: file })
  console.log(`| vitest | ${shown(seconds)} |\n`)
  const rows = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Measured => JSON.parse(line))
    .sort((a, b) => b.wall - a.wall)
  console.log(
    '| test file | seconds | processor | of its children | waiting |\n| --- | --: | --: | --: | --: |',
  )
  for (const { file: name, isInWorkerd, wall, own, children } of rows) {
    const waiting = Math.max(0, wall - own - children)
    const cells = [wall, own, children, waiting].map(shown).join(' | ')
    console.log(`| ${name}${isInWorkerd ? ' (workerd)' : ''} | ${cells} |`)
  }
  return code
}

process.exitCode = await main()
