import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { cpuOf } from '../machine'
import type { Measured } from './measure'

/** `npm run profile [-- files or flags of vitest]`: where the time of `npm test` goes, as tables for test/README.md. */

const CHECKS = ['lint', 'types', 'build']

async function timed(command: string, args: readonly string[], env: Record<string, string> = {}) {
  const [began, before] = [performance.now(), cpuOf(process.pid).ended]
  const child = spawn(command, args, { stdio: ['ignore', 2, 2], env: { ...process.env, ...env } })
  const [code] = await once(child, 'close')
  const seconds = (performance.now() - began) / 1000
  return { seconds, cpu: cpuOf(process.pid).ended - before, code: Number(code) }
}

const row = (name: string, seconds: readonly number[]) =>
  `| ${[name, ...seconds.map((one) => one.toFixed(1))].join(' | ')} |`
const HEAD = 'seconds | until its first test | processor | of its children | waiting |\n'
const LINE = ' --: | --: | --: | --: | --: |'
const cells = ({ wall, start, own, children }: Omit<Measured, 'file' | 'isInWorkerd'>) => [
  ...[wall, start, own, children],
  Math.max(0, wall - own - children),
]

/** By the folder of the file, and by where its story takes place. */
function suites(rows: readonly Measured[]): Map<string, Measured & { files: number }> {
  const sums = new Map<string, Measured & { files: number }>()
  for (const one of rows) {
    const folder = one.file.split('/').slice(1, -1).join('/') || 'the rest'
    const name = `${folder}${one.isInWorkerd && folder !== 'workerd' ? ', in workerd' : ''}`
    const sum = sums.get(name) ?? { ...one, files: 0, wall: 0, start: 0, own: 0, children: 0 }
    sum.files++
    for (const key of ['wall', 'start', 'own', 'children'] as const) sum[key] += one[key]
    sums.set(name, sum)
  }
  return sums
}

async function main(): Promise<number> {
  console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'an unknown processor'}, Node ${process.version}\n`)
  console.log('| step | seconds | processor |\n| --- | --: | --: |')
  for (const check of CHECKS) {
    const { seconds, cpu } = await timed('npm', ['run', '-s', check])
    console.log(row(check, [seconds, cpu]))
  }
  const file = join(mkdtempSync(join(tmpdir(), 'profile-')), 'files.jsonl')
  const { seconds, cpu, code } = await timed('npx', ['vitest', 'run', ...process.argv.slice(2)], {
    PROFILE: file,
  })
  console.log(row('vitest', [seconds, cpu]))
  const rows = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Measured => JSON.parse(line))
  const cost = ({ own, children }: Measured) => own + children
  console.log(`\n| suite | ${HEAD}| --- |${LINE}`)
  for (const [name, sum] of [...suites(rows)].sort(([, a], [, b]) => cost(b) - cost(a)))
    console.log(row(`${name} (${sum.files})`, cells(sum)))
  console.log(`\n| test file | ${HEAD}| --- |${LINE}`)
  for (const one of rows.toSorted((a, b) => cost(b) - cost(a)))
    console.log(row(`${one.file}${one.isInWorkerd ? ' (workerd)' : ''}`, cells(one)))
  return code
}

process.exitCode = await main()
