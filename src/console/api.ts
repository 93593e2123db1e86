import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Env } from '../env'
import type { ConsoleContext } from './view'

/**
 * The console's only way to anything: our own API, called inside the Worker with the token of whoever is
 * logged in. So what is allowed, what is checked and how it fails is the API's, and cannot differ.
 */
export type AskApi = (request: Request, env: Env, execution: ExecutionContext) => Response | Promise<Response>

/** Names the session that a call is made in, which may have been ended. */
const SESSION_HEADER = 'x-relay-session'

/** The API said no: with its code, which the catalogue of problems explains. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  constructor(
    readonly status: ContentfulStatusCode,
    readonly code: string,
    message: string,
    readonly details: unknown,
  ) {
    super(message)
  }
}

/** Each call gives the body of the answer, as the API describes it, or throws a Refusal. */
export interface Api {
  get<T>(path: string): Promise<T>
  send<T = unknown>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T>
  /** The answer as it is: a way to go, or a file. */
  ask(path: string): Promise<Response>
}

interface Failed {
  error?: { code?: string; message?: string; details?: unknown }
}

/** Speaks for whoever has this token, in the language of the page. */
export function apiOf(ask: AskApi, c: ConsoleContext, token: string, sessionId?: string): Api {
  async function call(method: string, path: string, body?: unknown): Promise<Response> {
    const headers = new Headers({
      authorization: `Bearer ${token}`,
      'accept-language': c.get('view').language,
    })
    if (sessionId !== undefined) headers.set(SESSION_HEADER, sessionId)
    // Wrong tokens are counted by where they come from.
    const from = c.req.header('cf-connecting-ip')
    if (from !== undefined) headers.set('cf-connecting-ip', from)
    if (body !== undefined) headers.set('content-type', 'application/json')
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
    const response = await ask(
      new Request(new URL(path, c.req.url), init),
      c.env,
      c.executionCtx as ExecutionContext,
    )
    if (response.status < 400) return response
    const { error } = await response.json<Failed>()
    const status = response.status as ContentfulStatusCode
    throw new Refusal(status, error?.code ?? 'relay.unexpected', error?.message ?? '', error?.details)
  }
  return {
    get: async <T>(path: string) => (await call('GET', path)).json<T>(),
    send: async <T>(method: string, path: string, body?: unknown) => {
      const text = await (await call(method, path, body)).text()
      return (text === '' ? null : JSON.parse(text)) as T
    },
    ask: (path) => call('GET', path),
  }
}
