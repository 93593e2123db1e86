import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** `side-by-side.ts a b c`: runs these npm scripts at once. What each says is shown whole; one that fails fails all. */
async function run(script: string): Promise<number> {
  const child = spawn('npm', ['run', '-s', script], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part) => {
      said += part
    })
  const [code] = await once(child, 'close')
  process.stdout.write(said)
  if (code !== 0) console.log(`npm run ${script} failed`)
  return code === 0 ? 0 : 1
}

const codes = await Promise.all(process.argv.slice(2).map(run))
process.exitCode = Math.max(...codes)
