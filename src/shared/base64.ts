/** So many at once: more arguments than that break the stack. A multiple of three, so that the parts join. */
const PART = 3 * 8192

/** Bytes as base64 text, of whatever size. */
export function base64Of(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += PART)
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + PART)))
  return text
}
