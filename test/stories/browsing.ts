import type { Relay } from './relay'

interface Page {
  status: number
  /** Where it leads to; empty when it leads nowhere. */
  to: string
  headers: Headers
  text: string
}

/** Somebody's browser: it keeps its cookies, says where a form comes from, and follows nothing by itself. */
export function browserOf(relay: Relay) {
  const cookies = new Map<string, string>()
  async function ask(address: string, form: Record<string, string> | null): Promise<Page> {
    const headers: Record<string, string> = {
      accept: 'text/html',
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    }
    const init: RequestInit = { headers, redirect: 'manual' }
    if (form) {
      init.method = 'POST'
      init.body = new URLSearchParams(form).toString()
      headers.origin = new URL(relay.url).origin
      headers['content-type'] = 'application/x-www-form-urlencoded'
    }
    const answer = await relay.fetch(address, init)
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (/Max-Age=0/i.test(cookie)) cookies.delete(name)
      else cookies.set(name, value)
    }
    const { status } = answer
    return {
      status,
      to: answer.headers.get('location') ?? '',
      headers: answer.headers,
      text: await answer.text(),
    }
  }
  return {
    open: (address: string) => ask(address, null),
    send: (address: string, form: Record<string, string> = {}) => ask(address, form),
    /** Gives where the log-in leads to. */
    async logIn(token: string, back = '/console'): Promise<string> {
      return (await ask('/console/login', { token, back })).to
    },
  }
}
