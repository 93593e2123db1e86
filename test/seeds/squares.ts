/** For `processes.test.ts`: squares so many numbers in other processes, which end too soon for a negative count. */
import { inProcesses, worksForAnother } from './processes'

if (!worksForAnother(square)) {
  const count = Number(process.argv[2])
  const numbers = Array.from({ length: Math.abs(count) }, (_, n) => (count < 0 ? -n - 1 : n))
  const squares: number[] = []
  await inProcesses<number, number>(import.meta.url, numbers, (outcome) => squares.push(outcome))
  console.log(squares.sort((a, b) => a - b).join(' '))
}

async function square(number: number): Promise<number> {
  if (number < 0) process.exit(3)
  return number * number
}
