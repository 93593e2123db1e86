import { expect, test } from 'vitest'
import { fileInZip } from '../../src/shared/zip'
import { zipOf } from '../fakes/poweroffice/zip'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const PDF = bytesOf(`%PDF-1.7 ${'æøå '.repeat(5000)}`)
const entries = [
  { name: 'Faktura 10001.xml', bytes: bytesOf('<Invoice/>') },
  { name: 'Faktura 10001.PDF', bytes: PDF },
]
const isPdf = (name: string) => /\.pdf$/i.test(name)
const zip = (style: Parameters<typeof zipOf>[1] = 'deflated') => Uint8Array.from(zipOf(entries, style))

test.each(['deflated', 'stored', 'streamed'] as const)(
  'a file comes out of a zip that is %s',
  async (style) => {
    expect(await fileInZip(zip(style), isPdf, PDF.length)).toEqual({ bytes: PDF })
  },
)

test('a zip behind which a comment stands, and one that begins after something else in its memory', async () => {
  const whole = zip()
  const commented = new Uint8Array([...whole, ...bytesOf('made by')])
  expect(await fileInZip(commented, isPdf, PDF.length)).toEqual({ bytes: PDF })
  const shifted = new Uint8Array([1, 2, 3, ...whole]).subarray(3)
  expect(await fileInZip(shifted, isPdf, PDF.length)).toEqual({ bytes: PDF })
})

test('what is not there, and what is too large', async () => {
  expect(await fileInZip(zip(), (name) => name === 'x', PDF.length)).toEqual({ fault: 'none' })
  expect(await fileInZip(zip(), isPdf, PDF.length - 1)).toEqual({ fault: 'too-large' })
  expect(await fileInZip(Uint8Array.from(zipOf([], 'stored')), isPdf, 1)).toEqual({ fault: 'none' })
})

test('a zip that is cut off anywhere is broken, and nothing is thrown', async () => {
  const whole = zip()
  for (let length = 0; length < whole.length; length += 7)
    expect([length, await fileInZip(whole.slice(0, length), isPdf, PDF.length)]).toEqual([
      length,
      { fault: 'broken' },
    ])
})

test('whatever byte is another one, what comes out is whole or nothing', async () => {
  const whole = zip()
  for (let at = 0; at < whole.length; at++) {
    const other = whole.slice()
    other[at] = (other[at] as number) ^ 0x41
    const found = await fileInZip(other, isPdf, PDF.length)
    if ('bytes' in found) expect([at, Buffer.compare(found.bytes, PDF)]).toEqual([at, 0])
  }
})

test('a file that unpacks to more than it says is not unpacked to its end', async () => {
  const bomb = Uint8Array.from(zipOf([{ name: 'a.pdf', bytes: new Uint8Array(50_000_000) }], 'deflated'))
  const view = new DataView(bomb.buffer)
  const end = bomb.length - 22
  view.setUint32(view.getUint32(end + 16, true) + 24, 1000, true)
  expect(await fileInZip(bomb, isPdf, 1000)).toEqual({ fault: 'broken' })
})
