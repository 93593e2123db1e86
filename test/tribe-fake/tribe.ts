/** A fake Tribe for the tests of this folder, and a caller that writes requests by hand. */
import type { FakeTribe, Fields, Json, startFakeTribe, TribeEnvironment } from '../fakes/tribe'

export type Running = Awaited<ReturnType<typeof startFakeTribe>>

export interface Answer {
  status: number
  body: Fields
  /** `body.value` of a list. */
  rows: Fields[]
  text: string
}

export interface Caller {
  get(path: string, options?: Record<string, string | number>): Promise<Answer>
  post(path: string, body: Json): Promise<Answer>
  put(path: string, body: Json): Promise<Answer>
  delete(path: string): Promise<Answer>
  raw(path: string, init?: RequestInit): Promise<Response>
  token: string
}

export async function tokenFor(tribe: Running, form: Record<string, string>): Promise<Answer> {
  const answer = await fetch(`${tribe.authUrl}/token`, { method: 'POST', body: new URLSearchParams(form) })
  return read(answer)
}

/** Asks for a token with the environment's own credentials. */
export async function callerFor(tribe: Running, environment: TribeEnvironment): Promise<Caller> {
  const { clientId: client_id, clientSecret: client_secret } = environment
  const { body } = await tokenFor(tribe, { grant_type: 'client_credentials', client_id, client_secret })
  return callerWith(tribe, String(body.access_token))
}

export function callerWith(tribe: Running, token: string): Caller {
  const raw = (path: string, init: RequestInit = {}) =>
    fetch(`${tribe.apiUrl}/${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...init.headers },
    })
  const send = async (method: string, path: string, body?: Json) =>
    read(await raw(path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }))
  return {
    token,
    raw,
    get: (path, options = {}) => send('GET', `odata/${path}${queryOf(options)}`),
    post: (path, body) => send('POST', `odata/${path}`, body),
    put: (path, body) => send('PUT', `odata/${path}`, body),
    delete: (path) => send('DELETE', `odata/${path}`),
  }
}

export function queryOf(options: Record<string, string | number>): string {
  const parts = Object.entries(options).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  return parts.length > 0 ? `?${parts.join('&')}` : ''
}

async function read(answer: Response): Promise<Answer> {
  const text = await answer.text()
  const isJson = text !== '' && (answer.headers.get('content-type') ?? '').includes('json')
  const body = isJson ? (JSON.parse(text) as Fields) : {}
  return { status: answer.status, body, text, rows: (body.value ?? []) as Fields[] }
}

export const messageOf = ({ body }: Answer) => String((body.error as Fields | undefined)?.message)

export type { FakeTribe }

/** Organisations to be read and looked for: one with all that an organisation may have, one with a quote in its name, one with letters of ours, a lead. */
export function hasSomeRelations(env: TribeEnvironment) {
  const nordlys = env.hasCustomer({
    organization: {
      Name: 'Nordlys Maskin AS',
      DebtorNumber: '10045',
      Number: 1601,
      ImportId: 'poweroffice:organisation:1',
    },
    role: { PaymentTermInDays: 14, ImportId: 'poweroffice:customer:4711001' },
    invoiceAddress: {
      Street: 'Havnegata',
      HouseNumber: 12,
      HouseNumberSuffix: 'B',
      City: 'Trondheim',
      Country: 'NO',
    },
  })
  env.hasCustomer({
    organization: { Name: "Peter's company", DebtorNumber: '10046' },
    role: { PaymentTermInDays: 30 },
  })
  env.hasCustomer({ organization: { Name: 'Ålesund Båt' } })
  env.hasLead()
  return nordlys
}
