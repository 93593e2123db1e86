/**
 * Characters that show nothing and that later links of the chain do not carry: an invoice in EHF is XML, which has no
 * place for control characters, halves of a character or U+FFFE, and banks take less. Left out on the way, in both directions.
 */

/** Invisible marks: zero-width spaces, marks of direction, the byte order mark, soft hyphens. */
const INVISIBLE =
  /[\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFEFF\uFFF9-\uFFFB]/gu
/** Joiners shape Arabic, Indic and pictures; next to other letters they hide. */
const JOINERS =
  /(?<!\p{Script=Arabic}|\p{M}|\p{Extended_Pictographic}|\uFE0F)[\u200C\u200D]|[\u200C\u200D](?!\p{Script=Arabic}|\p{L}|\p{Extended_Pictographic})/gu
/** What XML 1.0 cannot hold, and all other controls but tabs and line ends. */
const UNSENDABLE = /(?![\t\n\r])\p{Cc}|\p{Noncharacter_Code_Point}|\p{Cs}/gu
/** Line ends of other kinds than the usual. */
const LINE_ENDS = /[\v\f\p{Zl}\p{Zp}]|\u0085/gu

/** The text without what cannot be carried; the same text where there is nothing of it. */
export function carriable(text: string): string {
  return text.replace(LINE_ENDS, '\n').replace(UNSENDABLE, '').replace(INVISIBLE, '').replace(JOINERS, '')
}

/** Some of the text cannot be carried; line ends of another kind do not count. */
export const losesCharacters = (text: string | null | undefined): boolean =>
  carriable(text ?? '') !== (text ?? '').replace(LINE_ENDS, '\n')

/** All texts of a body, the same way. */
export function carriableBody(body: unknown): unknown {
  if (typeof body === 'string') return carriable(body)
  if (Array.isArray(body)) return body.map(carriableBody)
  if (typeof body !== 'object' || body === null) return body
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, carriableBody(value)]))
}
