import { execFile } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'

/** `.ci/deploy` with a wrangler that only notes what it is asked, and a relay that is as well as a test says. */

let close = () => {}
afterEach(() => close())

/** What wrangler was asked in turn, and how the script ended. */
async function deploy(given: { health: (look: number) => number; fails?: string; url?: string }) {
  const top = mkdtempSync(join(tmpdir(), 'deploy-'))
  mkdirSync(join(top, '.ci'))
  mkdirSync(join(top, 'bin'))
  cpSync('.ci/deploy', join(top, '.ci/deploy'))
  const npx = `#!/bin/sh\necho "$*" >> "${top}/asked"\ncase "$*" in *"${given.fails ?? 'nothing-fails'}"*) exit 1;; esac\n`
  writeFileSync(join(top, 'bin/npx'), npx)
  chmodSync(join(top, 'bin/npx'), 0o755)
  writeFileSync(join(top, 'asked'), '')
  let looks = 0
  const server = createServer((_, answer) => {
    answer.statusCode = given.health(++looks)
    answer.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close = () => server.close()
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const env = {
    PATH: `${top}/bin:${process.env.PATH}`,
    HEALTH_LOOKS: '12',
    HEALTH_APART_S: '0',
    PUBLIC_URL: given.url ?? `http://127.0.0.1:${port}/`,
  }
  const code = await new Promise<number>((resolve) =>
    execFile(join(top, '.ci/deploy'), { env }, (failed) => resolve(failed ? Number(failed.code) : 0)),
  )
  const asked = readFileSync(join(top, 'asked'), 'utf8').trim().split('\n')
  return { code, looks, asked: asked.map((line) => line.split(' --')[0]) }
}

const MIGRATED = 'wrangler d1 migrations apply DB'
const DEPLOYED = 'wrangler deploy'
const ROLLED_BACK = 'wrangler rollback'

test('a version that is well stays: tables first, then the Worker, then five good looks in a row', async () => {
  expect(await deploy({ health: () => 200 })).toEqual({ code: 0, looks: 5, asked: [MIGRATED, DEPLOYED] })
})

test('one that gets well in a while stays, too', async () => {
  const { code, asked } = await deploy({ health: (look) => (look < 4 ? 503 : 200) })
  expect([code, asked]).toEqual([0, [MIGRATED, DEPLOYED]])
})

test.each([
  ['never well', () => 500],
  ['well only while the old version still answers', (look: number) => (look < 4 ? 200 : 503)],
  ['well now and then', (look: number) => (look % 3 === 0 ? 503 : 200)],
])('one that is %s is taken back, and that is a failure', async (_, health) => {
  const { code, asked } = await deploy({ health })
  expect([code, asked]).toEqual([1, [MIGRATED, DEPLOYED, ROLLED_BACK]])
})

test.each([
  ['the migrations', 'migrations', [MIGRATED]],
  ['the deploy', 'wrangler deploy', [MIGRATED, DEPLOYED]],
])('where %s fail, nothing comes after', async (_, fails, asked) => {
  expect(await deploy({ health: () => 200, fails })).toEqual({ code: 1, looks: 0, asked })
})

test('without an address to look at, nothing is begun', async () => {
  const { code, asked } = await deploy({ health: () => 200, url: '' })
  expect([code !== 0, asked]).toEqual([true, ['']])
})

test('no address of a request is logged: what is searched for may stand in it', () => {
  const logs = /\[observability\.logs\]\n([^[]*)/.exec(readFileSync('wrangler.toml', 'utf8'))?.[1]
  expect(logs).toMatch(/^invocation_logs = false$/m)
})

test('the workflow does all that has to hold first, and the button’s secrets and variables are described', () => {
  const workflow = readFileSync('.github/workflows/deploy.yml', 'utf8')
  expect(workflow.indexOf('run: .ci/run')).toBeGreaterThan(0)
  expect(workflow.indexOf('run: .ci/deploy')).toBeGreaterThan(workflow.indexOf('run: .ci/run'))
  const described = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).cloudflare.bindings)
  const toml = readFileSync('wrangler.toml', 'utf8')
  const bindings = [...toml.matchAll(/^(?:binding|name) = "([A-Z_]+)"/gm)].map(([, name]) => name)
  const secrets = [...readFileSync('.dev.vars.example', 'utf8').matchAll(/^([A-Z_]+)=/gm)].map(
    ([, name]) => name,
  )
  expect(described).toEqual(
    expect.arrayContaining([...bindings, ...secrets, 'PUBLIC_URL', 'DATA_JURISDICTION']),
  )
  expect(toml).not.toMatch(/127\.0\.0\.1|localhost/)
})
