import { execFile } from 'node:child_process'

/** Runs a script of the tests as `npm run` does, on all cores, which vitest's worker alone would not use. */
export function runScript(script: string, ...given: string[]): Promise<{ said: string; code: number }> {
  const args = ['--disable-warning=ExperimentalWarning', 'test/bundled.ts', script, ...given]
  return new Promise((resolve) => {
    execFile(process.execPath, args, { maxBuffer: 1e8 }, (error, stdout, stderr) => {
      resolve({ said: stdout + stderr, code: error ? 1 : 0 })
    })
  })
}
