import { describe, expect, test } from 'vitest'
import { createPowerOffice } from '../../src/poweroffice/client'
import type { Contact } from '../../src/poweroffice/schemas'
import { ApiError } from '../../src/shared/errors'

/** A client whose other side answers this to every call. */
const answering = (status: number, body: unknown) =>
  createPowerOffice({
    baseUrl: 'https://books.example/v2',
    subscriptionKey: 's',
    timeoutMs: 1000,
    fetch: async () => new Response(JSON.stringify(body), { status }),
    tokens: { current: async () => 't', drop: async () => {} },
    gate: { turn: async () => {}, hold: async () => {} },
    oneAtATime: (write) => write(),
  })

describe('a contact that PowerOffice does not know', () => {
  test('is gone when PowerOffice itself says so', async () => {
    const books = answering(404, {
      title: 'Object(s) not found',
      status: 404,
      detail: 'Customer with id = 7 not found.',
    })
    expect(await books.findContact('customer', { id: '7', parentId: null })).toBeNull()
  })

  test('is not gone when the gateway does not know the way: a slip in a setting must not take pairs apart', async () => {
    // poweroffice/API.md §5.1: told from a real 404 by the presence of `statusCode`.
    const books = answering(404, { statusCode: 404, message: 'Resource not found' })
    await expect(books.findContact('customer', { id: '7', parentId: null })).rejects.toBeInstanceOf(ApiError)
  })
})

/** One who has made it already, as lists by reference show, and refuses to make it again in these words. */
const having = (rows: Readonly<Record<string, object[]>>, status: number, body: object) =>
  createPowerOffice({
    baseUrl: 'https://books.example/v2',
    subscriptionKey: 's',
    timeoutMs: 1000,
    fetch: async (url, init) => {
      if (init?.method === 'POST') return Response.json(body, { status })
      const [path = ''] = String(url).replace('https://books.example/v2/', '').split('?')
      const found = rows[path]
      return found ? Response.json(found) : new Response(null, { status: 204 })
    },
    tokens: { current: async () => 't', drop: async () => {} },
    gate: { turn: async () => {}, hold: async () => {} },
    oneAtATime: (write) => write(),
  })

/** Only for customers, employees and orders have the words been seen (poweroffice/API.md §5.2). */
const WORDS: [string, number, object][] = [
  ['in use, by nobody that is named', 400, { title: 'x', detail: "ExternalCode 'r' is already in use." }],
  ['in use, as a conflict', 409, { title: 'x', detail: "ExternalImportReference 'r' is already in use." }],
  ['other words', 409, { title: 'Object conflict', detail: 'An object with reference r exists.' }],
  ['no words', 409, {}],
]

describe.each(WORDS)('a reference that is taken is looked up: %s', (_, status, body) => {
  const changed = { LastChangedDateTimeOffset: '2026-01-01T00:00:00Z' }

  test.each([
    ['customer', 'Customers', { ExternalImportReference: 'r' }, null],
    ['supplier', 'Suppliers', { ExternalImportReference: 'r' }, null],
    ['contactPerson', 'ContactPersons', { ExternalCode: 'r', ContactId: 3 }, '3'],
  ] as const)('of a %s', async (kind, list, reference, parentId) => {
    const books = having({ [list]: [{ Id: 7, ...reference, ...changed }] }, status, body)
    const made = await books.createContact(kind, { parentId, reference: 'r' }, {})
    expect([made.contact.Id, made.isNew]).toEqual([7, false])
  })

  test('and nothing that lacks it is taken for it', async () => {
    const books = having({ Customers: [{ Id: 7, ExternalImportReference: 's', ...changed }] }, status, body)
    await expect(
      books.createContact('customer', { parentId: null, reference: 'r' }, {}),
    ).rejects.toBeInstanceOf(ApiError)
  })
})

describe('a contact that has something else of the new one is another company', () => {
  const changed = { LastChangedDateTimeOffset: '2026-01-01T00:00:00Z' }
  const foreign = { Id: 5, ExternalImportReference: 's', ExternalNumber: 4711, ...changed }
  const ours = { Id: 7, ExternalImportReference: 'r', ...changed }
  const number = "ExternalNumber is already in use. '4711' is used on (contact) Id = 5."
  const reference = "ExternalImportReference is already in use. 'r' is used on (contact) Id = 7."
  const refusing = (detail: string, rows: readonly Pick<Contact, 'Id' | 'ExternalImportReference'>[]) =>
    createPowerOffice({
      baseUrl: 'https://books.example/v2',
      subscriptionKey: 's',
      timeoutMs: 1000,
      fetch: async (url, init) => {
        if (init?.method === 'POST') return Response.json({ title: 'x', detail }, { status: 400 })
        const { pathname, searchParams } = new URL(String(url))
        const asked = searchParams.get('externalImportReference')
        const found = rows.filter((row) =>
          asked === null ? pathname.endsWith(`/${row.Id}`) : row.ExternalImportReference === asked,
        )
        if (found.length === 0) return new Response(null, { status: 204 })
        return Response.json(asked === null ? found[0] : found)
      },
      tokens: { current: async () => 't', drop: async () => {} },
      gate: { turn: async () => {}, hold: async () => {} },
      oneAtATime: (write) => write(),
    }).createContact('customer', { parentId: null, reference: 'r' }, {})

  test('its number is taken: nothing is adopted', async () => {
    await expect(refusing(number, [foreign])).rejects.toBeInstanceOf(ApiError)
  })
  test.each([`${number} ${reference}`, `${reference} ${number}`])('both are taken: %s', async (detail) => {
    expect((await refusing(detail, [foreign, ours])).contact.Id).toBe(7)
  })
})

test.each(['SalesOrders', 'OutgoingInvoices'])('the holder is found in %s', async (list) => {
  const id = '6f1c1c1e-2d6b-4d5c-9a43-0d6a6f1f7a11'
  const found = { [list]: [{ Id: id, ExternalImportReference: 'r' }] }
  const books = having(found, 409, { title: 'Object conflict', detail: 'An object with reference r exists.' })
  expect(await books.createOrder({ ExternalImportReference: 'r' })).toEqual({ holder: id })
  const others = having({}, 409, { title: 'Object conflict' })
  await expect(others.createOrder({ ExternalImportReference: 'r' })).rejects.toMatchObject({ status: 409 })
})

describe('a reference that is taken', () => {
  const ID = '6f1c1c1e-2d6b-4d5c-9a43-0d6a6f1f7a11'
  const taken = (status: number, what: string, id: string) =>
    answering(status, {
      title: `${what} validation error(s)`,
      detail: `ExternalImportReference is already in use. 'r' is used on (${what}) Id = ${id}.`,
    })

  test.each([400, 409])('of an order is told with its holder, by %i', async (status) => {
    const books = taken(status, 'sales order', ID)
    expect(await books.createOrder({ ExternalImportReference: 'r' })).toEqual({ holder: ID })
  })

  test.each([400, 409])('of a contact leads to its holder, by %i', async (status) => {
    const holder = { Id: 7, ExternalImportReference: 'r', LastChangedDateTimeOffset: '2026-01-01T00:00:00Z' }
    const books = createPowerOffice({
      baseUrl: 'https://books.example/v2',
      subscriptionKey: 's',
      timeoutMs: 1000,
      fetch: async (_, init) =>
        init?.method === 'POST'
          ? Response.json(
              { detail: "ExternalImportReference is already in use. 'r' is used on (contact) Id = 7." },
              { status },
            )
          : Response.json(holder),
      tokens: { current: async () => 't', drop: async () => {} },
      gate: { turn: async () => {}, hold: async () => {} },
      oneAtATime: (write) => write(),
    })
    const made = await books.createContact('customer', { parentId: null, reference: 'r' }, {})
    expect(made).toEqual({ contact: holder, isNew: false })
  })

  test('is not every conflict', async () => {
    const books = answering(409, {
      title: 'Sales order conflict',
      detail: 'Sales order with id = 7 is in use.',
    })
    await expect(books.createOrder({ ExternalImportReference: 'r' })).rejects.toMatchObject({ status: 409 })
  })
})

describe('the number of an invoice is read', () => {
  test.each([
    [10_001, 10_001],
    ['10001', 10_001],
    [null, null],
    ['F-7', null],
  ])('%o as %o', async (InvoiceNo, no) => {
    expect((await answering(200, { Id: 'i', InvoiceNo }).findInvoice('i'))?.InvoiceNo).toBe(no)
    expect((await answering(200, [{ Id: 'i', InvoiceNo }]).sentState('i'))?.InvoiceNo).toBe(no)
    const order = { Id: 'i', NetAmount: 1, TotalAmount: 1, RelatedInvoiceNo: InvoiceNo }
    expect((await answering(200, order).findOrder('i'))?.RelatedInvoiceNo).toBe(no)
    const entry = { Id: 1, VoucherId: 'v', Amount: 1, InvoiceNo }
    expect((await answering(200, [entry]).entriesOfMatch(1))[0]?.InvoiceNo).toBe(
      InvoiceNo === null ? null : String(InvoiceNo),
    )
  })
})

test('a number of 64 bits goes out digit by digit, and one that comes back too large to be a number is none', async () => {
  const bodies: unknown[] = []
  const books = createPowerOffice({
    baseUrl: 'https://books.example/v2',
    subscriptionKey: 's',
    timeoutMs: 1000,
    async fetch(_, init) {
      bodies.push(init?.body)
      return new Response('{"Id":"i","InvoiceNo":9223372036854775807}', { status: 201 })
    },
    tokens: { current: async () => 't', drop: async () => {} },
    gate: { turn: async () => {}, hold: async () => {} },
    oneAtATime: (write) => write(),
  })
  const body = {
    ExternalImportReference: 'r',
    InvoiceNo: 9223372036854775807n,
    VoucherLines: [{ Quantity: 1.5 }],
  }
  expect(await books.postVoucher('invoice', body)).toMatchObject({ Id: 'i' })
  expect(bodies).toEqual([
    '{"ExternalImportReference":"r","InvoiceNo":9223372036854775807,"VoucherLines":[{"Quantity":1.5}]}',
  ])
  expect((await books.findInvoice('i'))?.InvoiceNo).toBeNull()
})
