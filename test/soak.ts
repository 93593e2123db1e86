/**
 * `npm run soak` takes about an hour on two quiet cores: the stories in workerd, each law tried as often as it says, thousands of seeds, every
 * blow of the sweep, and weeks of several companies with every trouble. It prints a summary, and ends with 1 when anything failed.
 * `-- --only sweep,endure` runs some of them, `-- --day 2026-11-29` takes the seeds of that day.
 */
import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { today } from './seeds/day'

const { values } = parseArgs({
  options: { only: { type: 'string' }, day: { type: 'string', default: today() } },
})
const script = (name: string, ...given: string[]) => ['npm', 'run', '-s', name, '--', ...given]

const PARTS: Readonly<Record<string, readonly string[]>> = {
  stories: ['npx', 'vitest', 'run', '--project', 'stories'],
  laws: ['npx', 'vitest', 'run', '--project', 'parts'],
  relations: script('converge', '--of', 'relations', '--seeds', '300'),
  products: script('converge', '--of', 'products', '--seeds', '300'),
  all: script('converge', '--of', 'all', '--seeds', '1000'),
  own: script('converge', '--of', 'own', '--seeds', '300'),
  bills: script('converge', '--of', 'bills', '--seeds', '300'),
  admin: script('converge', '--of', 'admin', '--seeds', '300'),
  sweep: script('sweep'),
  undo: script('sweep', '--of', 'undo'),
  'undo-200': script('sweep', '--of', 'undo-200', '--every', '8'),
  vouchers: ['npx', 'vitest', 'run', '--project', 'parts', 'test/towns/random-vouchers.test.ts'],
  endure: script('endure', '--days', '7', '--tenants', '3', '--seeds', '4'),
}

const wanted = values.only?.split(',') ?? Object.keys(PARTS)
const summary: string[] = []
for (const name of wanted) {
  const command = PARTS[name]
  if (!command) throw new Error(`--only takes ${Object.keys(PARTS).join(', ')}`)
  console.log(`\n${name}: ${command.join(' ')}`)
  const startedAt = Date.now()
  const code = await ended(command)
  const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1)
  summary.push(`${name.padEnd(10)} ${code === 0 ? 'well' : `FAILED (${code})`} after ${minutes} min`)
  if (code !== 0) process.exitCode = 1
}
console.log(`\nsoak of ${values.day}\n${summary.join('\n')}`)

function ended([program = '', ...given]: readonly string[]): Promise<number | null> {
  const env = { ...process.env, STORIES: 'workerd', SOAK: '1', DAY: values.day, INVOICES: '1000' }
  const child = spawn(program, given, { stdio: 'inherit', env })
  return new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve))
}
