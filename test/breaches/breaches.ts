import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BREACHES, type Breach } from './list'

/**
 * `npm run breaches [-- words]`: plants each breach whose description has these words, by itself, in a copy of the project, and runs
 * the tests that must see it. Ends with 1 when one is seen by none, or does not fit the source any more.
 */

const PROJECT = join(import.meta.dirname, '../..')
const COPIED = [
  'src',
  'test',
  'migrations',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
  'wrangler.toml',
  'README.md',
  '.github',
]

function copy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'breaches-'))
  for (const name of COPIED) cpSync(join(PROJECT, name), join(folder, name), { recursive: true })
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** Whether a test of this file fails: all of it, and not the day's share. */
async function isRed(folder: string, file: string): Promise<boolean> {
  const vitest = join(folder, 'node_modules/vitest/vitest.mjs')
  const args = [vitest, 'run', '--project', 'parts', '--project', 'stories', '--bail', '1', file]
  const env = { ...process.env, SOAK: '1' }
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'], env })
  let said = ''
  child.stdout.on('data', (part) => {
    said += part
  })
  await once(child, 'close')
  const [, failed = '0'] = /(\d+) failed, \d+ skipped\s*$/.exec(said) ?? []
  return Number(failed) > 0
}

type Outcome = { seenBy: string } | { unseen: 'no test sees it' | 'it does not fit the source' }

async function plant(folder: string, { file, from, to, seenBy }: Breach): Promise<Outcome> {
  const path = join(folder, 'src', file)
  const source = existsSync(path) ? readFileSync(path, 'utf8') : ''
  if (source.split(from).length !== 2) return { unseen: 'it does not fit the source' }
  writeFileSync(
    path,
    source.replace(from, () => to),
  )
  try {
    for (const test of seenBy)
      if (existsSync(join(folder, test)) && (await isRed(folder, test))) return { seenBy: test }
    return { unseen: 'no test sees it' }
  } finally {
    writeFileSync(path, source)
  }
}

async function main(): Promise<number> {
  const words = process.argv.slice(2)
  const folder = copy()
  let unseen = 0
  console.log('| breach | place | seen by |\n| --- | --- | --- |')
  for (const breach of BREACHES) {
    if (!words.every((word) => `${breach.says} ${breach.file}`.includes(word))) continue
    const outcome = await plant(folder, breach)
    if ('unseen' in outcome) unseen++
    const shown = 'unseen' in outcome ? `**${outcome.unseen}**` : outcome.seenBy.replace('test/', '')
    console.log(`| ${breach.says} | ${breach.file} | ${shown} |`)
  }
  rmSync(folder, { recursive: true })
  console.log(`\n${unseen} unseen`)
  return unseen === 0 ? 0 : 1
}

process.exitCode = await main()
