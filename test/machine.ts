/** What tests, the demo and the benchmarks ask of the machine that they run on. */
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'

/** With these, wrangler reports nothing and looks nothing up. */
export const QUIET_WRANGLER = {
  WRANGLER_SEND_METRICS: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_HIDE_BANNER: 'true',
}

/** A port of this machine's own that nobody listened at a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || !address) throw new Error('no free port')
  return address.port
}

/** The processes that a process has started, and theirs; none where there is no `/proc` to tell. */
export function descendantsOf(pid: number): number[] {
  const ids = existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : []
  const pairs = ids.map((id) => ({ id: Number(id), parent: parentOf(id) }))
  const below = (parent: number): number[] =>
    pairs.filter((pair) => pair.parent === parent).flatMap(({ id }) => [id, ...below(id)])
  return below(pid)
}

function parentOf(pid: string): number | null {
  // "pid (name) state parent …", and the name may hold anything.
  const stat = readProc(pid, 'stat')
  return stat === ''
    ? null
    : Number(
        stat
          .slice(stat.lastIndexOf(')') + 1)
          .trim()
          .split(' ')[1],
      )
}

const TICKS_PER_SECOND = 100

/** What processors have worked for a process, and for those that it started and that have ended; in seconds. */
export function cpuOf(pid: number): { own: number; ended: number } {
  // "pid (name) state parent …", with the ticks of itself, of the kernel for it, and both of its children.
  const stat = readProc(pid, 'stat')
  const after = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = after.slice(11, 15).map(Number)
  return { own: (user + system) / TICKS_PER_SECOND, ended: (childUser + childSystem) / TICKS_PER_SECOND }
}

/** What Linux tells of a process; empty when it has ended meanwhile. */
export function readProc(pid: number | string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return ''
  }
}
