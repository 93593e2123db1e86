/** A caller for the tests: it holds a token and sends what it is told. */
import {
  type ClientOptions,
  type FakePowerOfficeOptions,
  type PowerOfficeClientBooks,
  startFakePowerOffice,
} from '../fakes/poweroffice'
import type { Json, JsonObject } from '../fakes/poweroffice/json'

export type Fake = Awaited<ReturnType<typeof startFakePowerOffice>>

export interface Answered {
  status: number
  text: string
  headers: Headers
  /** The body; null when it is empty. */
  json: Json
  /** The body as one record. */
  record: JsonObject
  /** The body as a list of records. */
  rows: JsonObject[]
}

async function read(response: Response): Promise<Answered> {
  const text = await response.text()
  let json: Json = null
  try {
    json = text === '' ? null : (JSON.parse(text) as Json)
  } catch {
    json = text
  }
  return {
    status: response.status,
    text,
    headers: response.headers,
    json,
    record: (json ?? {}) as JsonObject,
    rows: (json ?? []) as JsonObject[],
  }
}

export class Caller {
  private token = ''
  constructor(
    private readonly fake: Fake,
    readonly books: PowerOfficeClientBooks,
  ) {}

  async requestToken(
    changes: { applicationKey?: string; clientKey?: string; headers?: Record<string, string> } = {},
  ) {
    const keys = `${changes.applicationKey ?? this.fake.applicationKey}:${changes.clientKey ?? this.books.clientKey}`
    const answered = await read(
      await fetch(this.fake.tokenUrl, {
        method: 'POST',
        headers: {
          authorization: `Basic ${btoa(keys)}`,
          'ocp-apim-subscription-key': this.fake.subscriptionKey,
          'content-type': 'application/x-www-form-urlencoded',
          ...changes.headers,
        },
        body: 'grant_type=client_credentials',
      }),
    )
    if (answered.status === 200) this.token = String(answered.record.access_token)
    return answered
  }

  /** Sends, and hangs up after a while. */
  async abandon(method: string, path: string, body: object, afterMs: number) {
    return fetch(`${this.fake.apiUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        'ocp-apim-subscription-key': this.fake.subscriptionKey,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(afterMs),
    })
  }

  async send(
    method: string,
    path: string,
    init: { body?: string | Uint8Array<ArrayBuffer> | FormData; headers?: Record<string, string> } = {},
  ) {
    return read(
      await fetch(`${this.fake.apiUrl}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.token}`,
          'ocp-apim-subscription-key': this.fake.subscriptionKey,
          accept: 'application/json',
          ...init.headers,
        },
        ...(init.body === undefined ? {} : { body: init.body }),
      }),
    )
  }

  get(path: string) {
    return this.send('GET', path)
  }

  delete(path: string) {
    return this.send('DELETE', path)
  }

  post(path: string, body: object) {
    return this.send('POST', path, {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    })
  }

  patch(path: string, operations: unknown) {
    return this.send('PATCH', path, {
      body: JSON.stringify(operations),
      headers: { 'content-type': 'application/json-patch+json' },
    })
  }
}

/** A fake with one client and a caller that has a token; nothing holds it back unless a test says so. */
export async function aClient(options: ClientOptions = {}, fakeOptions: FakePowerOfficeOptions = {}) {
  const fake = await startFakePowerOffice({ requestsPerSecond: 10_000, ...fakeOptions })
  const books = fake.addClient(options)
  const api = new Caller(fake, books)
  await api.requestToken()
  return { fake, books, api, [Symbol.asyncDispose]: () => fake.close() }
}
