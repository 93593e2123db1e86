/** Names that lead nowhere on the Internet, or to a machine of the network that one is in. */
const NOT_PUBLIC =
  /(^|\.)(localhost|localdomain|local|internal|intranet|private|corp|home|lan|test|invalid|onion|arpa)$/

/**
 * The URL in its usual spelling when it names a host of the public Internet by https; else null. A host that
 * is given by number is refused in every spelling, with what is private, loopback or link-local among them: a
 * URL parser makes `0x7f.1`, `2130706433` and `[::ffff:127.0.0.1]` the numbers that they are. So is a URL
 * with a password in it. A relay whose own URL is on this machine may also call this machine.
 */
export function publicUrl(text: string, ownUrl: string): string | null {
  if (!URL.canParse(text.trim())) return null
  const url = new URL(text.trim())
  if (url.username || url.password) return null
  if (isLoopback(url) && isLoopback(new URL(ownUrl))) return url.href
  const host = url.hostname.replace(/\.$/, '')
  const isName = host.includes('.') && !host.startsWith('[') && !/(^|\.)[\d.]+$/.test(host)
  return url.protocol === 'https:' && isName && !NOT_PUBLIC.test(host) ? url.href : null
}

const isLoopback = ({ protocol, hostname }: URL) => protocol === 'http:' && hostname === '127.0.0.1'
