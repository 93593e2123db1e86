import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { publicUrl } from '../../src/shared/public-url'

const OWN = 'https://relay.example.com'

test.each([
  ['https://alerts.example.com/relay', 'https://alerts.example.com/relay'],
  [' https://Alerts.Example.com:8443/a?b=c ', 'https://alerts.example.com:8443/a?b=c'],
  ['https://hooks.slack.com/services/T0/B0/x', 'https://hooks.slack.com/services/T0/B0/x'],
  ['https://1password.example.com/', 'https://1password.example.com/'],
  ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
])('%s is a public address', (text, url) => {
  expect(publicUrl(text, OWN)).toBe(url)
})

describe('no public address', () => {
  test.each([
    ['no URL', 'alerts.example.com'],
    ['not https', 'http://alerts.example.com/'],
    ['another scheme', 'ftp://alerts.example.com/'],
    ['a file', 'file:///etc/passwd'],
    ['with a password', 'https://user:pass@alerts.example.com/'],
    ['with a user', 'https://user@alerts.example.com/'],
    ['loopback', 'https://127.0.0.1/'],
    ['loopback, in the open', 'http://127.0.0.1:8080/'],
    ['loopback by name', 'https://localhost/'],
    ['loopback by a longer name', 'https://relay.localhost/'],
    ['loopback with a dot at the end', 'https://localhost./'],
    ['loopback, decimal', 'https://2130706433/'],
    ['loopback, hexadecimal', 'https://0x7f000001/'],
    ['loopback, octal', 'https://0177.0.0.1/'],
    ['loopback, short', 'https://127.1/'],
    ['loopback, mixed', 'https://0x7f.0.1/'],
    ['loopback, with a dot at the end', 'https://127.0.0.1./'],
    ['loopback in full-width digits', 'https://１２７.0.0.1/'],
    ['loopback, IPv6', 'https://[::1]/'],
    ['loopback, IPv6-mapped', 'https://[::ffff:127.0.0.1]/'],
    ['loopback, IPv6-mapped in hexadecimal', 'https://[::ffff:7f00:1]/'],
    ['loopback by NAT64', 'https://[64:ff9b::7f00:1]/'],
    ['nowhere', 'https://0.0.0.0/'],
    ['private', 'https://10.0.0.1/'],
    ['private', 'https://192.168.1.1/'],
    ['private', 'https://172.16.0.1/'],
    ['private, IPv6', 'https://[fd00::1]/'],
    ['link-local', 'https://169.254.169.254/latest/meta-data'],
    ['link-local, IPv6', 'https://[fe80::1]/'],
    ['carrier-grade NAT', 'https://100.64.0.1/'],
    ['a public host by number', 'https://93.184.216.34/'],
    ['one label', 'https://intranet/'],
    ['mDNS', 'https://printer.local/'],
    ['a cloud’s inner name', 'https://metadata.google.internal/'],
    ['a home’s network', 'https://nas.home.arpa/'],
    ['an office’s network', 'https://crm.corp/'],
  ])('%s: %s', (_, text) => {
    expect(publicUrl(text, OWN)).toBeNull()
  })

  test('is any host by number, however it is spelled', () => {
    const part = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 })
    const spelled = (n: number) =>
      fc.constantFrom(String(n), `0x${n.toString(16)}`, `0${n.toString(8)}`, `0X0${n.toString(16)}`)
    const address = fc.oneof(
      fc.tuple(part(32)).chain(([a]) => fc.tuple(spelled(a))),
      fc.tuple(part(8), part(24)).chain(([a, b]) => fc.tuple(spelled(a), spelled(b))),
      fc.tuple(part(8), part(8), part(16)).chain((all) => fc.tuple(...all.map(spelled))),
      fc.tuple(part(8), part(8), part(8), part(8)).chain((all) => fc.tuple(...all.map(spelled))),
    )
    fc.assert(
      fc.property(address, fc.constantFrom('', '.'), (parts, end) => {
        expect(publicUrl(`https://${parts.join('.')}${end}/`, OWN)).toBeNull()
      }),
    )
  })

  test('is any IPv6 address', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        expect(publicUrl(`https://[${address}]/`, OWN)).toBeNull()
      }),
    )
  })
})

describe('a relay that is itself on this machine only', () => {
  const own = 'http://127.0.0.1:8787'
  test('may call this machine', () => {
    expect(publicUrl('http://127.0.0.1:9000/hook', own)).toBe('http://127.0.0.1:9000/hook')
  })
  test.each(['http://10.0.0.1/', 'http://localhost/', 'https://[::1]/', 'http://alerts.example.com/'])(
    'may call nothing else in the open: %s',
    (text) => {
      expect(publicUrl(text, own)).toBeNull()
    },
  )
})
