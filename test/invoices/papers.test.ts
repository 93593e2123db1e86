import { describe, expect, test } from 'vitest'
import { filesOf } from '../../src/invoices/attachments'
import { withoutNames } from '../../src/invoices/words'

describe('files that go to an order', () => {
  const file = (ID: string, Name: string | null, MimeType: string | null = 'text/plain') => ({
    ID,
    Description: 'Timer',
    File: { Name, MimeType },
  })
  const named = (...Attachments: ReturnType<typeof file>[]) =>
    filesOf({ ID: 'i', Number: '2026-0001', Attachments }).map(({ id, name }) => [id, name])

  test('two of one name are told apart, in whatever order they are listed', () => {
    const three = [file('b', 'timer.txt'), file('a', 'timer.txt'), file('c', 'Timer.TXT')]
    const wanted = [
      ['a', 'timer.txt'],
      ['b', 'timer (2).txt'],
      ['c', 'Timer (3).TXT'],
    ]
    expect(named(...three)).toEqual(wanted)
    expect(named(...three.toReversed())).toEqual(wanted)
  })

  test.each([
    ['a/b\\c.pdf', 'a b c.pdf'],
    ['line\nbreak.pdf', 'line break.pdf'],
    ['.gitignore', '.gitignore'],
    ['', 'Timer'],
    [null, 'Timer'],
  ])('the name %j is told as %j', (name, told) => {
    expect(named(file('a', name))).toEqual([['a', told]])
  })

  test('what the relay brought from PowerOffice stays where it is', () => {
    expect(named(file('a', 'PowerOffice 10001.pdf'), file('b', 'PowerOffice tilbud.pdf'))).toEqual([
      ['b', 'PowerOffice tilbud.pdf'],
    ])
  })

  test('what has no type is told as bytes, and an invoice may have none', () => {
    const [only] = filesOf({ ID: 'i', Number: null, Attachments: [file('a', 'x', null)] })
    expect(only?.mimeType).toBe('application/octet-stream')
    expect(filesOf({ ID: 'i', Number: null })).toEqual([])
  })
})

test.each([
  ['Could not mail to kari@privat.example.', [], 'Could not mail to …'],
  ['Kari Haugen has no address', ['Kari Haugen', 'Kari', 'Haugen'], '… has no address'],
  ['KARI HAUGEN (Haugen)', ['Kari', 'Haugen'], '… … (…)'],
  ['Call +47 22 33 44 55 about invoice 10001 of 2026-03-02', [], 'Call … about invoice 10001 of 2026-03-02'],
  ['A+B (AS) says no', ['A+B (AS)'], '… says no'],
  ['No', [null, undefined, '', ' ', 'x'], 'No'],
  ['e'.repeat(300), [], 'e'.repeat(200)],
])('of the words %j nobody is named', (message, names, kept) => {
  expect(withoutNames(message, names)).toBe(kept)
})
