import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type ApiCall, callApi, callForText, shaped } from '../../src/shared/api'
import { ApiError } from '../../src/shared/errors'

type Fetch = typeof fetch

const CALL: ApiCall = {
  method: 'GET',
  url: 'https://books.example/v2/Customers/7?emailAddress=grete%40example.com',
}
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

const settingsWith = (fetch: Fetch, timeoutMs = 1000) => ({
  system: 'poweroffice' as const,
  fetch,
  timeoutMs,
})

/** The other side answers this, whatever it is asked. */
const answering =
  (status: number, body: string | null = '', headers: Record<string, string> = {}): Fetch =>
  async () =>
    new Response(body, { status, headers })

async function refusalOf(run: Promise<unknown>): Promise<ApiError> {
  const thrown = await run.then(
    () => null,
    (error: unknown) => error,
  )
  expect(thrown).toBeInstanceOf(ApiError)
  return thrown as ApiError
}

const refused = (status: number, body?: string | null, headers?: Record<string, string>, call = CALL) =>
  refusalOf(callApi(settingsWith(answering(status, body, headers)), call))

describe('an answer that is fine', () => {
  test.each([200, 201, 202])('with status %i gives its JSON', async (status) => {
    const answer = await callApi(settingsWith(answering(status, '{"Id":7}', { 'x-pagination': '{}' })), CALL)
    expect(answer.json).toEqual({ Id: 7 })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('x-pagination')).toBe('{}')
  })

  test('without a body gives null, as 204 does for a list that found nothing', async () => {
    expect(await callApi(settingsWith(answering(204, null)), CALL)).toMatchObject({ status: 204, json: null })
    expect((await callApi(settingsWith(answering(200, ' \n')), CALL)).json).toBeNull()
  })

  test('that is not JSON is given as it is to who asked for text', async () => {
    const xml = '<edmx:Edmx/>'
    expect((await callForText(settingsWith(answering(200, xml)), CALL)).text).toBe(xml)
  })
})

describe('what is sent', () => {
  test('is the call as it was made, with a wish for JSON, saying who calls, and without following redirects', async () => {
    const seen: { url: string; init: RequestInit | undefined }[] = []
    const spy: Fetch = async (url, init) => {
      seen.push({ url: String(url), init })
      return new Response('{}')
    }
    const headers = { authorization: 'Bearer t', 'content-type': 'application/json' }
    await callApi(settingsWith(spy), { method: 'POST', url: CALL.url, headers, body: '{"Name":"Acme"}' })
    expect(seen[0]?.url).toBe(CALL.url)
    expect(seen[0]?.init).toMatchObject({
      method: 'POST',
      redirect: 'manual',
      body: '{"Name":"Acme"}',
      headers: { accept: 'application/json', 'user-agent': 'tribe-poweroffice-relay', ...headers },
    })
  })

  test('has no body when the call has none', async () => {
    let init: RequestInit | undefined
    const spy: Fetch = async (_, given) => {
      init = given
      return new Response('{}')
    }
    await callApi(settingsWith(spy), CALL)
    expect(init).not.toHaveProperty('body')
  })

  test('asks for another form than JSON when the caller does', async () => {
    let init: RequestInit | undefined
    const spy: Fetch = async (_, given) => {
      init = given
      return new Response('<a/>')
    }
    await callForText(settingsWith(spy), { ...CALL, headers: { accept: 'application/xml' } })
    expect(init?.headers).toMatchObject({ accept: 'application/xml' })
  })
})

describe('the status decides who mends it, whatever the words', () => {
  test.each([
    [301, 'time', 'redirected'],
    [302, 'time', 'redirected'],
    [307, 'time', 'redirected'],
    [400, 'data', 'refused'],
    [401, 'reconnect', 'unauthorized'],
    [403, 'reconnect', 'forbidden'],
    [404, 'data', 'not_found'],
    [405, 'data', 'refused'],
    [408, 'time', 'unavailable'],
    [409, 'data', 'refused'],
    [410, 'data', 'refused'],
    [413, 'data', 'refused'],
    [415, 'data', 'refused'],
    [422, 'data', 'refused'],
    [429, 'time', 'too_many_requests'],
    [500, 'time', 'unavailable'],
    [501, 'time', 'unavailable'],
    [502, 'time', 'unavailable'],
    [503, 'time', 'unavailable'],
    [504, 'time', 'unavailable'],
    [520, 'time', 'unavailable'],
    [599, 'time', 'unavailable'],
  ])('%i is mended by %s: poweroffice.%s', async (status, remedy, code) => {
    for (const method of METHODS) {
      const words = '{"title":"Try again later, or reconnect","detail":"Unauthorized"}'
      const error = await refused(status, words, {}, { ...CALL, method })
      expect(error).toMatchObject({ status, remedy, code: `poweroffice.${code}` })
    }
  })

  test('the code begins with the name of the system that refused', async () => {
    const error = await refusalOf(callApi({ ...settingsWith(answering(403)), system: 'tribe' }, CALL))
    expect(error.code).toBe('tribe.forbidden')
    expect(error.message).toMatch(/^Tribe answered 403/)
  })
})

describe('whether a write may have taken effect', () => {
  const WRITES = METHODS.filter((method) => method !== 'GET')

  test.each([500, 501, 502, 504, 520])(
    'is unknown after %i, so that it is looked up before it is repeated',
    async (status) => {
      for (const method of WRITES)
        expect((await refused(status, '', {}, { ...CALL, method })).outcomeUnknown).toBe(true)
      expect((await refused(status)).outcomeUnknown).toBe(false)
    },
  )

  test.each([302, 400, 401, 403, 404, 408, 409, 422, 429, 503])(
    'is known after %i: it has not',
    async (status) => {
      for (const method of METHODS)
        expect((await refused(status, '', {}, { ...CALL, method })).outcomeUnknown).toBe(false)
    },
  )

  test('is unknown when nothing answered, when the answer came too late, and when it cannot be read', async () => {
    const unreachable: Fetch = async () => {
      throw new TypeError('fetch failed')
    }
    for (const method of METHODS) {
      const isWrite = method !== 'GET'
      const call = { ...CALL, method }
      for (const fetch of [
        unreachable,
        silent,
        answering(200, '{"Id":'),
        answering(201, '<html>Welcome</html>'),
      ])
        expect((await refusalOf(callApi(settingsWith(fetch, 20), call))).outcomeUnknown).toBe(isWrite)
    }
    const Shape = z.object({ Id: z.int() })
    expect(() => shaped('poweroffice', Shape, { Id: 'x' }, true)).toThrow(
      expect.objectContaining({ outcomeUnknown: true }),
    )
    expect(() => shaped('poweroffice', Shape, { Id: 'x' })).toThrow(
      expect.objectContaining({ outcomeUnknown: false }),
    )
  })
})

/** Never answers, and gives up when it is told to. */
const silent: Fetch = (_, init) =>
  new Promise((_resolve, reject) => {
    init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
  })

describe('silence', () => {
  test('is a time-out after as long as was allowed, and says so', async () => {
    const error = await refusalOf(callApi(settingsWith(silent, 50), CALL))
    expect(error).toMatchObject({ code: 'poweroffice.timeout', remedy: 'time', status: 0, said: null })
    expect(error.message).toBe('PowerOffice did not answer within 0.05 s')
  })

  test('half-way through a body is a time-out too', async () => {
    const stalls: Fetch = async (_, init) => {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('[{"Id":1},'))
          init?.signal?.addEventListener('abort', () => controller.error(init.signal?.reason))
        },
      })
      return new Response(body)
    }
    const error = await refusalOf(callApi(settingsWith(stalls, 30), { ...CALL, method: 'POST' }))
    expect(error).toMatchObject({ code: 'poweroffice.timeout', outcomeUnknown: true })
  })

  test('because nobody is there is called unreachable, without the words of the network', async () => {
    const fails: Fetch = async () => {
      throw new TypeError('getaddrinfo ENOTFOUND books.example, user grete%40example.com')
    }
    const error = await refusalOf(callApi(settingsWith(fails), CALL))
    expect(error).toMatchObject({ code: 'poweroffice.unreachable', remedy: 'time', status: 0 })
    expect(error.message).toBe('PowerOffice could not be reached')
  })

  test('because the connection broke off half-way is called unreachable', async () => {
    const breaks: Fetch = async () => {
      const body = new ReadableStream({
        pull(controller) {
          controller.error(new TypeError('terminated'))
        },
      })
      return new Response(body)
    }
    expect((await refusalOf(callApi(settingsWith(breaks), CALL))).code).toBe('poweroffice.unreachable')
  })
})

describe('against a server that really listens', () => {
  const visited: string[] = []
  const server = createServer((request, response) => {
    visited.push(request.url ?? '')
    if (request.url === '/moved') response.writeHead(302, { location: '/elsewhere' }).end()
    else if (request.url === '/cut') {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"Id"')
      setTimeout(() => response.destroy(), 10)
    } else response.writeHead(200).end('{"Id":7}')
  })
  let base = ''
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  test('a redirect is not followed: only the host that was configured is ever called', async () => {
    const error = await refusalOf(callApi(settingsWith(fetch), { method: 'GET', url: `${base}/moved` }))
    expect(error).toMatchObject({ code: 'poweroffice.redirected', remedy: 'time', status: 302 })
    expect(visited).not.toContain('/elsewhere')
  })

  test('a connection that breaks off leaves the outcome of a write unknown', async () => {
    const error = await refusalOf(
      callApi(settingsWith(fetch), { method: 'POST', url: `${base}/cut`, body: '{}' }),
    )
    expect(error).toMatchObject({ code: 'poweroffice.unreachable', outcomeUnknown: true })
  })

  test('an answer is read', async () => {
    expect((await callApi(settingsWith(fetch), { method: 'GET', url: `${base}/fine` })).json).toEqual({
      Id: 7,
    })
  })
})

describe('Retry-After', () => {
  const waitOf = async (value: string, status = 429) =>
    (await refused(status, '', { 'retry-after': value })).retryAfterSeconds

  test('in seconds', async () => {
    expect(await waitOf('7')).toBe(7)
    expect(await waitOf('120', 503)).toBe(120)
  })

  test('as a date', async () => {
    const seconds = await waitOf(new Date(Date.now() + 90_000).toUTCString())
    expect(seconds).toBeGreaterThan(85)
    expect(seconds).toBeLessThanOrEqual(90)
  })

  test('is an hour at most: nobody can put us to sleep for a day', async () => {
    expect(await waitOf('86400')).toBe(3600)
    expect(await waitOf(new Date(Date.now() + 86_400_000).toUTCString())).toBe(3600)
  })

  test.each(['0', '-5', 'soon', '', '1e3', new Date(0).toUTCString()])('"%s" says nothing', async (value) => {
    expect(await waitOf(value)).toBeNull()
  })

  test('is not there', async () => {
    expect((await refused(429)).retryAfterSeconds).toBeNull()
  })
})

describe('what the other side says to people', () => {
  test.each([
    [
      'a problem, as PowerOffice sends it',
      '{"title":"Customer validation error(s)","status":400,"detail":"EmailAddress is not valid."}',
      'Customer validation error(s): EmailAddress is not valid.',
    ],
    [
      'a problem, as PowerOffice specifies it',
      '{"Type":null,"Title":"Object(s) not found","Status":404,"Detail":"Customer with id = 7 not found."}',
      'Object(s) not found: Customer with id = 7 not found.',
    ],
    ['a problem without a detail', '{"title":"Missing privilege","status":400}', 'Missing privilege'],
    ['a problem without a title', '{"detail":"The period is closed."}', 'The period is closed.'],
    ['a problem with nothing in it', '{"title":"","detail":null}', null],
    [
      'the gateway',
      '{"statusCode":429,"message":"Rate limit is exceeded. Try again in 1 seconds."}',
      'Rate limit is exceeded. Try again in 1 seconds.',
    ],
    [
      'OData',
      '{"error":{"code":null,"message":"Property \'Foo\' is not declared."}}',
      "Property 'Foo' is not declared.",
    ],
    [
      'a token that is refused',
      '{"error":"invalid_grant","error_description":"The refresh token is expired."}',
      'The refresh token is expired.',
    ],
    ['a token that is refused without a reason', '{"error":"invalid_client"}', 'invalid_client'],
    ['an error without a message', '{"error":{}}', null],
    ['an error that is no object', '{"error":null}', null],
    ['a list', '["no"]', null],
    ['a text', '"no"', null],
    ['a number', '400', null],
    ['null', 'null', null],
    ['a page of HTML', '<html><body><h1>502 Bad Gateway</h1></body></html>', null],
    ['JSON that was cut', '{"title":"Customer valid', null],
    ['plain text', 'upstream connect error', null],
    ['nothing', '', null],
  ])('%s', async (_, body, said) => {
    const error = await refused(400, body)
    expect(error.said).toBe(said)
    expect(error.message).toBe(
      `PowerOffice answered 400 to GET /v2/Customers/7${said === null ? '' : `: ${said}`}`,
    )
  })

  test('is cut after 500 characters', async () => {
    const secret = 'the-secret-at-the-end'
    const error = await refused(400, JSON.stringify({ title: 'Long', detail: `${'x'.repeat(600)}${secret}` }))
    expect(error.said).toHaveLength(500)
    expect(error.message.length).toBeLessThan(600)
    expect(error.message).not.toContain(secret)
  })

  test.each([
    ['a refusal', answering(400, '{"title":"no"}')],
    ['a page of HTML', answering(500, '<html>grete@example.com, Bearer t0ken</html>')],
    ['an answer that is no JSON', answering(200, '{"EmailAddress":"grete@example.com", t0ken')],
    ['silence', silent],
  ])('%s tells neither the query, nor the headers, nor the body that was sent', async (_, fetch) => {
    const call: ApiCall = {
      method: 'POST',
      url: 'https://books.example/v2/Customers?emailAddress=grete%40example.com#part',
      headers: { authorization: 'Bearer t0ken', 'ocp-apim-subscription-key': 's3cret' },
      body: '{"Name":"Grete"}',
    }
    const error = await refusalOf(callApi(settingsWith(fetch, 20), call))
    const told = JSON.stringify([error.message, error.said, error.code, error.stack])
    for (const word of ['grete', 'Grete', 't0ken', 's3cret', 'emailAddress', '#part'])
      expect(told).not.toContain(word)
  })
})

describe('an answer that cannot be read', () => {
  test.each([
    ['cut', '[{"Id":1},{"Id"'],
    ['a page of HTML', '<!doctype html><title>Maintenance</title>'],
    ['text', 'OK'],
  ])('%s: time may mend it', async (_, body) => {
    const error = await refusalOf(callApi(settingsWith(answering(200, body)), CALL))
    expect(error).toMatchObject({ code: 'poweroffice.unreadable_answer', remedy: 'time', status: 200 })
    expect(error.message).toBe('PowerOffice answered something that cannot be read')
  })

  test('in another shape than ours: the message says where, and not what', () => {
    const Customer = z.object({ MailAddress: z.object({ City: z.string() }) })
    expect(shaped('poweroffice', Customer, { MailAddress: { City: 'Bergen' } })).toEqual({
      MailAddress: { City: 'Bergen' },
    })
    const odd = () => shaped('poweroffice', Customer, { MailAddress: { City: 5003 } })
    expect(odd).toThrow(
      expect.objectContaining({
        code: 'poweroffice.unreadable_answer',
        remedy: 'time',
        outcomeUnknown: false,
      }),
    )
    expect(odd).toThrow('PowerOffice answered something that cannot be read (at MailAddress.City)')
    expect(() => shaped('tribe', Customer, null)).toThrow(
      'Tribe answered something that cannot be read (at the answer)',
    )
  })
})
