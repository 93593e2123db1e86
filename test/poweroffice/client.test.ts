import { describe, expect, test } from 'vitest'
import { createPowerOffice } from '../../src/poweroffice/client'
import { ApiError } from '../../src/shared/errors'

/** A client whose other side answers this to every call. */
const answering = (status: number, body: unknown) =>
  createPowerOffice({
    ...{ baseUrl: 'https://books.example/v2', subscriptionKey: 's', timeoutMs: 1000 },
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
    // poweroffice-api §5.1: told from a real 404 by the presence of `statusCode`.
    const books = answering(404, { statusCode: 404, message: 'Resource not found' })
    await expect(books.findContact('customer', { id: '7', parentId: null })).rejects.toBeInstanceOf(ApiError)
  })
})
