import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textOf } from '../../src/http/prometheus'
import { readExposition } from '../exposition'

test('a metric is a line of help, one of its type, and one for each set of labels', () => {
  const text = textOf([
    {
      name: 'relay_jobs',
      type: 'gauge',
      help: 'Jobs by state.',
      samples: [
        { labels: { state: 'due' }, value: 3 },
        { labels: { state: 'parked' }, value: 0.5 },
      ],
    },
    { name: 'relay_calls_total', type: 'counter', help: 'Calls.', samples: [{ value: 1e21 }] },
  ])

  expect(text).toBe(`# HELP relay_jobs Jobs by state.
# TYPE relay_jobs gauge
relay_jobs{state="due"} 3
relay_jobs{state="parked"} 0.5
# HELP relay_calls_total Calls.
# TYPE relay_calls_total counter
relay_calls_total 1e+21
`)
})

test('whatever a label, a help or a number is, a reader gets it back', () => {
  const label = fc.stringMatching(/^[a-z]{1,5}$/)
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, unit: fc.constantFrom('a', '"', '\\', '\n', '{', '}', ',', '=', ' ', 'é') }),
      fc.dictionary(label, fc.string({ unit: fc.constantFrom('b', '"', '\\', '\n', '}', ',', ' ', 'ø') })),
      fc.oneof(fc.double(), fc.integer(), fc.constantFrom(Number.NaN, Infinity, -Infinity)),
      (help, labels, value) => {
        const read = readExposition(
          textOf([{ name: 'relay_x', type: 'gauge', help, samples: [{ labels, value }] }]),
        )
        expect(read.get('relay_x')?.help).toBe(help)
        expect(read.get('relay_x')?.samples).toEqual([{ labels: { ...labels }, value: value + 0 }])
      },
    ),
  )
})

test.each([
  'relay_x 1\n',
  '# HELP relay_x X.\nrelay_x 1\n',
  '# HELP relay_x X.\n# TYPE relay_x gauge\nrelay_x 1',
  '# HELP relay_x X.\n# TYPE relay_x gauge\nrelay_x 1\nrelay_x 2\n',
  '# HELP relay_x X.\n# TYPE relay_x gauge\nrelay_x{a="1"b="2"} 1\n',
  '# HELP relay_x X.\n# TYPE relay_x gauge\nrelay_x{a="\\q"} 1\n',
  '# HELP relay_x X.\n# TYPE relay_x counter\nrelay_x 1\n',
  '# HELP relay_x X.\n# TYPE relay_x gauge\nrelay_x one\n',
])('the reader of the tests is strict: %j', (text) => {
  expect(() => readExposition(text)).toThrow()
})
