import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { app } from '../src/http/app'
import { settingsReadIn } from './architecture'
import { PAPERS } from './papers'
import { sourcesIn } from './sources'

const paper = (path: string) => readFileSync(path, 'utf8')
const section = (path: string, title: string) =>
  paper(path)
    .split(/^#+ /m)
    .find((part) => part.replace(/^[\d.]+ /, '').startsWith(`${title}\n`)) ?? ''
/** What stands between backticks in a column of a section's table. */
const named = (text: string, column: number) =>
  [...text.matchAll(/^\|.*\|$/gm)].flatMap(([row]) =>
    [...(row.split('|')[column] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ''),
  )
const README = paper('README.md')
const settings = () => named(section('src/OPERATING.md', 'Settings'), 1)

test('the table of settings has each one that the code reads, and no other', () => {
  expect(settings().sort()).toEqual([...settingsReadIn(sourcesIn('src'))].sort())
})

test('the settings to start with are among them', () => {
  const given = [...paper('.dev.vars.example').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name)

  expect(given).not.toEqual([])
  expect(settings()).toEqual(expect.arrayContaining(given))
})

test('the table of calls has each route that the API has, and no other', () => {
  const { paths } = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: '', version: '' } })
  const routes = Object.entries(paths ?? {}).flatMap(([path, methods]) =>
    Object.keys(methods ?? {}).map((method) => `${method.toUpperCase()} ${path}`),
  )

  expect(named(paper('src/http/API.md'), 1).sort()).toEqual(routes.sort())
})

describe('the README', () => {
  test('has no more lines than one reads, and the two commands at its beginning', () => {
    const lines = README.split('\n')

    expect(lines.length).toBeLessThanOrEqual(200)
    expect(lines.slice(0, 15).join('\n')).toMatch(/npm ci && npm run demo[\s\S]*npm ci && npm test/)
  })

  test('names files that are there', () => {
    const files = named(section('README.md', 'Where to look'), 2).filter((name) => /^(src|test)\//.test(name))

    expect(files.length).toBeGreaterThan(10)
    expect(files.filter((file) => !existsSync(file))).toEqual([])
  })
})

test.each(PAPERS)('the scripts that %s names are there', (path) => {
  const scripts = Object.keys(JSON.parse(paper('package.json')).scripts)
  const said = [...paper(path).matchAll(/npm (?:run )?(test|(?<=run )[\w:]+)/g)].map(([, name]) => name)

  expect(scripts).toEqual(expect.arrayContaining(said))
})
