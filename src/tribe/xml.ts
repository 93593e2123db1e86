/** An opening tag, without its namespace. What stands between tags is not looked at. */
export interface XmlElement {
  name: string
  /** How many elements it stands in. */
  depth: number
  attributes: Readonly<Record<string, string>>
}

// A tag where a `<` stands: its mark of closing, name, attributes, mark of being empty.
const TAG = /<(\/?)(?:[\w.-]+:)?([\w.-]+)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y
/** What says nothing here, and how it ends. */
const PASSED: readonly (readonly [string, string])[] = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
  ['<!', '>'],
]
const ATTRIBUTE = /([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/**
 * The elements of a document, in their order: enough of XML for OData's metadata, whose every word is a tag or an attribute. Throws a
 * SyntaxError when a tag is not closed as it was opened. Entities of a document's own are left as they stand, so that none can swell.
 */
export function elementsOf(text: string): XmlElement[] {
  const open: string[] = []
  const elements: XmlElement[] = []
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    const passed = PASSED.find(([begin]) => text.startsWith(begin, at))
    if (passed) {
      at = endOf(text, passed[1], at)
      continue
    }
    const { length, closes, name, attributes, isEmpty } = tagAt(text, at)
    at += length
    if (closes) {
      if (open.pop() !== name) throw new SyntaxError('A tag is closed that was not open')
      continue
    }
    elements.push({ name, depth: open.length, attributes: attributesIn(attributes) })
    if (!isEmpty) open.push(name)
  }
  if (open.length > 0 || elements.length === 0) throw new SyntaxError('The document ends too early')
  return elements
}

function tagAt(text: string, at: number) {
  TAG.lastIndex = at
  const [tag, closes, name, attributes = '', isEmpty] = TAG.exec(text) ?? []
  if (tag === undefined || name === undefined) throw new SyntaxError('The document has a tag that is none')
  return { length: tag.length, closes: Boolean(closes), name, attributes, isEmpty: Boolean(isEmpty) }
}

function endOf(text: string, end: string, from: number): number {
  const found = text.indexOf(end, from)
  if (found < 0) throw new SyntaxError('The document ends too early')
  return found + end.length
}

const attributesIn = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(ATTRIBUTE)].map(([, name = '', double, single]) => [
      name.split(':').at(-1),
      plain(double ?? single ?? ''),
    ]),
  )

const plain = (text: string): string =>
  text.replace(/&(\w+|#\d+|#x[\da-fA-F]+);/g, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name] ?? whole
    const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
