import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { differencesFrom } from './compare'
import { readsOf } from './reads'
import { USES, type Use } from './uses'

const ROW = z.object({
  Id: z.int(),
  Name: z.string().nullish(),
  No: z.union([z.string(), z.number()]).nullish(),
  Lines: z.array(z.object({ Quantity: z.number() })).nullish(),
  Address: z.object({ City: z.string().nullish() }).nullish(),
})
const SAMPLE_USES: Use[] = [
  { method: 'get', path: 'Things', reads: z.array(ROW) },
  { method: 'post', path: 'Things/_/Send', reads: null },
]
const described = (members: object = {}) => ({
  openapi: '3.0.3',
  paths: {
    '/Things': {
      get: {
        responses: {
          204: {},
          200: {
            content: {
              'application/json': {
                schema: { type: 'array', items: { $ref: '#/components/schemas/Thing' } },
              },
            },
          },
        },
      },
    },
    '/Things/{id}/Send': { post: { responses: { 200: {} } } },
  },
  components: {
    schemas: {
      Named: { type: 'object', properties: { Name: { type: 'string', nullable: true } } },
      Thing: {
        allOf: [{ $ref: '#/components/schemas/Named' }],
        properties: {
          Id: { type: 'integer' },
          No: { type: 'integer' },
          Lines: { type: 'array', items: { type: 'object', properties: { Quantity: { type: 'number' } } } },
          Address: { $ref: '#/components/schemas/Address' },
          ...members,
        },
      },
      Address: { type: 'object', properties: { City: { type: 'string' } } },
    },
  },
})

test('what is read of an answer is a tree of paths and types', () => {
  expect(Object.fromEntries(readsOf(z.array(ROW)))).toEqual({
    '': ['list'],
    '[]': ['record'],
    '[].Id': ['number'],
    '[].Name': ['text'],
    '[].No': ['text', 'number'],
    '[].Lines': ['list'],
    '[].Lines[]': ['record'],
    '[].Lines[].Quantity': ['number'],
    '[].Address': ['record'],
    '[].Address.City': ['text'],
  })
})

test.each<[string, object, string[]]>([
  ['nothing', described(), []],
  [
    'a member of another type',
    described({ Id: { type: 'string' } }),
    ['GET Things: [].Id is text, and the relay reads number'],
  ],
  [
    'a member that is gone, told once with all below it',
    described({ Address: undefined }),
    ['GET Things: [].Address is missing'],
  ],
  [
    'one in a line',
    described({ Lines: { type: 'array', items: { properties: {} } } }),
    ['GET Things: [].Lines[].Quantity is missing'],
  ],
  [
    'a call that is gone',
    { ...described(), paths: { '/Things': described().paths['/Things'] } },
    ['POST Things/_/Send: there is no such call'],
  ],
])('a description is compared with what is used: %s', (_, description, differences) => {
  expect(differencesFrom(JSON.parse(JSON.stringify(description)), SAMPLE_USES)).toEqual(differences)
})

test('what the relay uses fits what the small PowerOffice says of itself', () => {
  const description = JSON.parse(
    readFileSync(join(import.meta.dirname, '../fakes/poweroffice/openapi.json'), 'utf8'),
  )
  expect(USES.length).toBeGreaterThan(40)
  expect(differencesFrom(description, USES)).toEqual([])
})
