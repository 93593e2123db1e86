import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  byImportId,
  importIdOf,
  importIdsOf,
  isImportId,
  isOfTheseCompanies,
  type Marked,
  marksOf,
  powerOfficeIdFrom,
  referenceOf,
  referencesOf,
  tribeIdIn,
} from '../../src/shared/reference'

const ID = '7d1c2f30-5b7a-4f0e-8a51-2f9f0c6e1a11'
const OTHER_ID = '8e1d2c3b-4a5f-4e6d-8c7b-9a0f1e2d3c4b'
const serving = async (organizationId: string, clientId: string, tenantId = 'tenant'): Promise<Marked> => ({
  marks: await marksOf({ tenantId, organizationId, clientId }),
})

describe('our reference in PowerOffice', () => {
  test('fits there: 50 characters at most with the number of a third attempt, no comma, nothing to escape', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uuid(), fc.uuid(), fc.uuid(), async (organization, client, tribeId) => {
        const reference = referenceOf(await serving(organization, client), tribeId)
        expect(`${reference}-3`.length).toBeLessThanOrEqual(50)
        expect(reference).toMatch(/^[a-z0-9:]+$/)
      }),
    )
  })

  test('names the record, and leads back to it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uuid(), fc.uuid(), async (client, tribeId) => {
        expect(tribeIdIn(referenceOf(await serving('o', client), tribeId))).toBe(tribeId)
      }),
    )
  })

  test('is the same for whoever serves the two companies, however their ids and the record’s are spelled', async () => {
    const ours = referenceOf(await serving('Org-1', 'Client-1', 'one tenant'), ID)
    expect(referenceOf(await serving('org-1', 'CLIENT-1', 'another'), ID.toUpperCase())).toBe(ours)
  })

  test('is another for another record, organisation or client', async () => {
    const all = [
      referenceOf(await serving('o', 'c'), ID),
      referenceOf(await serving('o', 'c'), OTHER_ID),
      referenceOf(await serving('p', 'c'), ID),
      referenceOf(await serving('o', 'd'), ID),
    ]
    expect(new Set(all).size).toBe(4)
  })

  test('does not tell who the tenant or the companies are', async () => {
    const [uuid = ''] = OTHER_ID.split('-')
    expect(referenceOf(await serving(OTHER_ID, OTHER_ID, OTHER_ID), ID)).not.toContain(uuid)
  })

  test('is looked for by what an older version called it, too: by the tenant’s id', async () => {
    const ctx = await serving('o', 'c', '3f0c9a52-1d3e-4b7a-9c55-0a1b2c3d4e5f')
    const old = 'relay:7a1e05b1:7d1c2f305b7a4f0e8a512f9f0c6e1a11'
    const [, second = ''] = referencesOf(ctx, ID)
    expect(second.slice(0, 6)).toBe(old.slice(0, 6))
    expect(second.slice(14)).toBe(old.slice(14))
    expect(isOfTheseCompanies(ctx, second)).toBe(true)
    expect(tribeIdIn(second)).toBe(ID)
  })

  test('that another tenant made leads to the record of Tribe that it names, and is not of these companies', async () => {
    const theirs = referenceOf(await serving('o', 'd', 'them'), ID)
    expect(tribeIdIn(theirs)).toBe(ID)
    expect(tribeIdIn(`${theirs}-2`)).toBe(ID)
    expect(isOfTheseCompanies(await serving('o', 'c', 'us'), theirs)).toBe(false)
  })

  test('that somebody else made, or changed, is nobody’s', async () => {
    const ctx = await serving('o', 'c')
    const ours = referenceOf(ctx, ID)
    const others = [
      null,
      undefined,
      '',
      'WEB-1001',
      ID,
      ours.slice(1),
      ours.slice(0, -1),
      `${ours}0`,
      ` ${ours}`,
    ]
    for (const reference of [...others, ours.replace('relay', 'RELAY'), ours.toUpperCase(), `${ours}\n`]) {
      expect(tribeIdIn(reference)).toBeNull()
      expect(isOfTheseCompanies(ctx, reference)).toBe(false)
    }
  })

  test('leads nowhere, whatever text stands there', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(tribeIdIn(text)).toBeNull()
      }),
    )
  })
})

describe('the ImportId in Tribe', () => {
  test('names the record of this client, and leads back to it', async () => {
    const ctx = await serving('o', 'c')
    const kinds = fc.constantFrom('customer', 'supplier', 'contactPerson', 'product')
    fc.assert(
      fc.property(kinds, fc.nat().map(String), (kind, id) => {
        expect(powerOfficeIdFrom(ctx, kind, importIdOf(ctx, kind, id))).toBe(id)
        for (const importId of importIdsOf(ctx, kind, id)) {
          expect(powerOfficeIdFrom(ctx, kind, importId)).toBe(id)
          expect(isImportId(kind, importId)).toBe(true)
        }
      }),
    )
  })

  test('of another client names none of this one’s, though the ids of both overlap', async () => {
    const theirs = importIdOf(await serving('o', 'd'), 'customer', '7')
    expect(powerOfficeIdFrom(await serving('o', 'c'), 'customer', theirs)).toBeNull()
    expect(isImportId('customer', theirs)).toBe(true)
  })

  test('of an older version, which named no client, is taken for this one’s', async () => {
    expect(powerOfficeIdFrom(await serving('o', 'c'), 'product', 'poweroffice:product:7')).toBe('7')
  })

  test('of a customer is not that of a supplier: a company can be both', async () => {
    const ctx = await serving('o', 'c')
    expect(powerOfficeIdFrom(ctx, 'supplier', importIdOf(ctx, 'customer', '7'))).toBeNull()
  })

  test.each([null, undefined, '', '7', 'poweroffice:customer', 'poweroffice:customer:', 'exact:customer:7'])(
    '"%s" is nobody’s',
    async (importId) => {
      expect(powerOfficeIdFrom(await serving('o', 'c'), 'customer', importId)).toBeNull()
      expect(isImportId('customer', importId)).toBe(false)
    },
  )

  test('finds records by what they name; one that names the client goes first', async () => {
    const ctx = await serving('o', 'c')
    const theirs = importIdOf(await serving('o', 'd'), 'product', 9)
    const records = [
      { id: 'named', ImportId: importIdOf(ctx, 'product', 7) },
      { id: 'old', ImportId: 'poweroffice:product:7' },
      { id: 'copy', ImportId: importIdOf(ctx, 'product', 7) },
      { id: 'old alone', ImportId: 'poweroffice:product:8' },
      { id: 'theirs', ImportId: theirs },
      { id: 'none', ImportId: null },
    ]
    for (const some of [records, records.toReversed()]) {
      const found = byImportId(ctx, 'product', some)
      const ids = [...found].map(([key, those]) => [key, those.map(({ id }) => id).sort()])
      expect(ids.sort()).toEqual([
        ['7', ['copy', 'named']],
        ['8', ['old alone']],
      ])
    }
  })
})
