/**
 * Files in a zip, unpacked by the platform's own streams. It goes by the directory at the end of the zip, since a
 * server that packs while it sends tells sizes only there.
 */

export type Unzipped =
  | { bytes: Uint8Array<ArrayBuffer> }
  /** `none`: no file has such a name. `broken`: cut off, or not packed in a way that is known here. */
  | { fault: 'none' | 'broken' | 'too-large' }

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const END_BYTES = 22
const CENTRAL_BYTES = 46
const LOCAL_BYTES = 30
const MOST_COMMENT_BYTES = 65_535
const STORED = 0
const DEFLATED = 8
const IS_ENCRYPTED = 0x1

interface Entry {
  name: string
  method: number
  flags: number
  sum: number
  packedBytes: number
  bytes: number
  at: number
}

/** The first file whose name is wanted, of so many bytes at most. Never throws for what the zip holds. */
export async function fileInZip(
  zip: Uint8Array<ArrayBuffer>,
  isWanted: (name: string) => boolean,
  mostBytes: number,
): Promise<Unzipped> {
  try {
    const entry = entriesOf(zip).find(({ name }) => isWanted(name))
    if (!entry) return { fault: 'none' }
    if (entry.bytes > mostBytes) return { fault: 'too-large' }
    const packed = packedOf(zip, entry)
    const bytes = entry.method === STORED ? packed : await inflated(packed, entry.bytes)
    const isWhole = bytes?.length === entry.bytes && crc32(bytes) === entry.sum
    return bytes && isWhole ? { bytes } : { fault: 'broken' }
  } catch (thrown) {
    // A RangeError: it points beyond its end. A TypeError: the stream could not be unpacked.
    if (thrown instanceof RangeError || thrown instanceof TypeError) return { fault: 'broken' }
    throw thrown
  }
}

function entriesOf(zip: Uint8Array<ArrayBuffer>): Entry[] {
  const view = viewOf(zip)
  const end = endOf(view)
  const count = view.getUint16(end + 10, true)
  const entries: Entry[] = []
  let at = view.getUint32(end + 16, true)
  for (let n = 0; n < count; n++) {
    if (view.getUint32(at, true) !== CENTRAL) throw new RangeError('no such entry')
    const nameBytes = view.getUint16(at + 28, true)
    entries.push({
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      sum: view.getUint32(at + 16, true),
      packedBytes: view.getUint32(at + 20, true),
      bytes: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
      name: new TextDecoder().decode(zip.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes)),
    })
    at += CENTRAL_BYTES + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return entries
}

/** The directory's end is the last thing in a zip, but for a comment. */
function endOf(view: DataView): number {
  const first = Math.max(0, view.byteLength - END_BYTES - MOST_COMMENT_BYTES)
  for (let at = view.byteLength - END_BYTES; at >= first; at--)
    if (view.getUint32(at, true) === END) return at
  throw new RangeError('no directory')
}

function packedOf(zip: Uint8Array<ArrayBuffer>, { at, flags, method, packedBytes }: Entry) {
  const view = viewOf(zip)
  const isKnown = (method === STORED || method === DEFLATED) && (flags & IS_ENCRYPTED) === 0
  if (!isKnown || view.getUint32(at, true) !== LOCAL) throw new RangeError('no file that could be unpacked')
  const from = at + LOCAL_BYTES + view.getUint16(at + 26, true) + view.getUint16(at + 28, true)
  if (from + packedBytes > zip.length) throw new RangeError('cut off')
  return zip.subarray(from, from + packedBytes)
}

/** Null when it grows beyond what was told: it is not unpacked to its end. */
async function inflated(packed: Uint8Array<ArrayBuffer>, most: number) {
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      controller.enqueue(packed)
      controller.close()
    },
  })
  const stream = source.pipeThrough(new DecompressionStream('deflate-raw'))
  const bytes = new Uint8Array(most)
  let length = 0
  for await (const part of stream) {
    if (length + part.length > most) return null
    bytes.set(part, length)
    length += part.length
  }
  return bytes.subarray(0, length)
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>) =>
  new DataView(buffer, byteOffset, byteLength)

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let sum = n
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1
  return sum
})

function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff
  for (const byte of bytes) sum = (sum >>> 8) ^ (TABLE[(sum ^ byte) & 0xff] as number)
  return (sum ^ 0xffffffff) >>> 0
}
