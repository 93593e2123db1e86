import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runScript } from '../seeds/script'
import { between } from './ending'

const folder = mkdtempSync(join(tmpdir(), 'differ-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** This version as another would have it: with one line of it changed. */
function other(name: string, file: string, from: string, to: string): string {
  const top = join(folder, name)
  mkdirSync(top)
  for (const part of ['src', 'migrations', 'wrangler.toml'])
    cpSync(part, join(top, part), { recursive: true })
  symlinkSync(join(process.cwd(), 'node_modules'), join(top, 'node_modules'))
  const path = join(top, 'src', file)
  const source = readFileSync(path, 'utf8')
  expect(source.split(from)).toHaveLength(2)
  writeFileSync(path, source.replace(from, to))
  return top
}

const differ = (against: string, seeds: number) =>
  runScript('test/differ/differ.ts', '--against', against, '--from', '1', '--seeds', String(seeds))

test('two worlds of one version end alike', async () => {
  const { said, code } = await differ('.', 1)
  expect(said).toContain('1 end alike, 0 differ as is listed, 0 differ')
  expect(code).toBe(0)
})

test('a version that writes something else is told, with the record and the seed', async () => {
  const against = other('web', 'relations/fields.ts', `books: 'WebsiteUrl'`, `books: 'Website'`)
  const { said, code } = await differ(against, 1)
  expect(said).toMatch(/--seed 1\n/)
  expect(said).toMatch(/^ {2}now: .*"Website"/m)
  expect(code).toBe(1)
})

test('lines are counted: what one world has twice, the other has to have twice', () => {
  expect(between(['a', 'b', 'b'], ['b', 'c', 'a'])).toEqual({ onlyOne: ['b'], onlyOther: ['c'] })
})
