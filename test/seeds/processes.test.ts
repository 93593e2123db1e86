import { expect, test } from 'vitest'
import { runScript } from './script'

test('each task is done once by one of the processes, and an end before its time is told', async () => {
  const [well, ill] = await Promise.all([
    runScript('test/seeds/squares.ts', '9'),
    runScript('test/seeds/squares.ts', '-9'),
  ])
  expect([well.said.trim(), well.code]).toEqual(['0 1 4 9 16 25 36 49 64', 0])
  expect(ill.said).toContain('a process ended with 3')
  expect(ill.code).toBe(1)
})
