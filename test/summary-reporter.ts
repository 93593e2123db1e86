import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node'

export interface Counts {
  passed: number
  failed: number
  skipped: number
}

/**
 * Prints `N passed, N failed, N skipped` as the very last line of a run. Whatever makes a run fail counts
 * as failed: a test, a file that cannot be loaded, a hook, an error that nobody caught.
 */
export default class SummaryReporter implements Reporter {
  private counts: Counts = { passed: 0, failed: 0, skipped: 0 }

  onInit(): void {
    // On the way out, so that nothing else can come after it.
    process.once('exit', (code) => {
      if (code !== 0 && this.counts.failed === 0) this.counts.failed = 1
      console.log(lineOf(this.counts))
    })
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], _reason: TestRunEndReason): void {
    this.counts = countsOf(modules, errors.length)
  }
}

export const lineOf = ({ passed, failed, skipped }: Counts) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`

/** The little of a test file that is counted. */
export interface CountedModule {
  state(): string
  children: { allTests(): Iterable<{ result(): { state: string } }> }
}

export function countsOf(modules: readonly CountedModule[], uncaught: number): Counts {
  const counts: Counts = { passed: 0, failed: uncaught, skipped: 0 }
  for (const module of modules) {
    const states = [...module.children.allTests()].map((test) => test.result().state)
    const failed = states.filter((state) => state === 'failed').length
    counts.passed += states.filter((state) => state === 'passed').length
    counts.failed += failed === 0 && module.state() === 'failed' ? 1 : failed
    // A test that did not come to run, since its file or a hook failed, is not passed.
    counts.skipped += states.filter((state) => state !== 'passed' && state !== 'failed').length
  }
  return counts
}
