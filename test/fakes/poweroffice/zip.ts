/** A zip as PowerOffice sends papers in: written by hand, so that its ways can be chosen. */
import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipEntry {
  name: string
  bytes: Uint8Array
}

/** `streamed`: the sizes stand behind the data, as from a server that writes a zip while it sends it. */
export type ZipStyle = 'deflated' | 'stored' | 'streamed'

const SIGN = { local: 0x04034b50, descriptor: 0x08074b50, central: 0x02014b50, end: 0x06054b50 }
const IS_UTF8 = 0x800
const HAS_DESCRIPTOR = 0x8

export function zipOf(entries: readonly ZipEntry[], style: ZipStyle): Uint8Array {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  const add = (...some: Buffer[]) => {
    parts.push(...some)
    for (const { length } of some) offset += length
  }
  for (const { name, bytes } of entries) {
    const data = style === 'stored' ? Buffer.from(bytes) : deflateRawSync(bytes)
    const flags = IS_UTF8 | (style === 'streamed' ? HAS_DESCRIPTOR : 0)
    const method = style === 'stored' ? 0 : 8
    const sums = numbers([4, crc32(bytes)], [4, data.length], [4, bytes.length])
    const told = style === 'streamed' ? Buffer.alloc(12) : sums
    const title = Buffer.from(name)
    const at = offset
    const kind = numbers([2, 20], [2, flags], [2, method], [4, 0])
    add(numbers([4, SIGN.local]), kind, told, numbers([2, title.length], [2, 0]), title, data)
    if (style === 'streamed') add(numbers([4, SIGN.descriptor]), sums)
    const tail = numbers([2, title.length], [2, 0], [2, 0], [2, 0], [2, 0], [4, 0], [4, at])
    directory.push(numbers([4, SIGN.central], [2, 20]), kind, sums, tail, title)
  }
  const start = offset
  add(...directory)
  const size = offset - start
  const count = entries.length
  add(numbers([4, SIGN.end], [2, 0], [2, 0], [2, count], [2, count], [4, size], [4, start], [2, 0]))
  return new Uint8Array(Buffer.concat(parts))
}

/** Little-endian numbers of so many bytes each. */
function numbers(...given: [width: number, value: number][]): Buffer {
  return Buffer.concat(
    given.map(([width, value]) => {
      const part = Buffer.alloc(width)
      part.writeUIntLE(value >>> 0, 0, width)
      return part
    }),
  )
}
