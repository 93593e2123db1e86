import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { app } from '../src/http/app'
import { settingsReadIn } from './architecture'
import { sourcesIn } from './sources'

const README = readFileSync('README.md', 'utf8')
const section = (title: string) => README.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? ''
/** What stands between backticks in a column of a section's table. */
const named = (title: string, column: number) =>
  [...section(title).matchAll(/^\|.*\|$/gm)].flatMap(([row]) =>
    [...(row.split('|')[column] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ''),
  )

test('the table of settings has each one that the code reads, and no other', () => {
  expect(named('Settings', 1).sort()).toEqual([...settingsReadIn(sourcesIn('src'))].sort())
})

test('the settings to start with are among them', () => {
  const given = [...readFileSync('.dev.vars.example', 'utf8').matchAll(/^([A-Z_]+)=/gm)].map(
    ([, name]) => name,
  )

  expect(given).not.toEqual([])
  expect(named('Settings', 1)).toEqual(expect.arrayContaining(given))
})

test('the table of calls has each route that the API has, and no other', () => {
  const { paths } = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: '', version: '' } })
  const routes = Object.entries(paths ?? {}).flatMap(([path, methods]) =>
    Object.keys(methods ?? {}).map((method) => `${method.toUpperCase()} ${path}`),
  )

  expect(named('The API at a glance', 1).sort()).toEqual(routes.sort())
})

test('the files to look at are there', () => {
  const files = named('Where to look', 2)

  expect(files.length).toBeGreaterThan(10)
  expect(files.filter((file) => !existsSync(file))).toEqual([])
})

test('the scripts that it names are there', () => {
  const scripts = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).scripts)
  const named = [...README.matchAll(/npm (?:run )?(test|(?<=run )[\w:]+)/g)].map(([, name]) => name)

  expect(named.length).toBeGreaterThan(3)
  expect(scripts).toEqual(expect.arrayContaining(named))
})
