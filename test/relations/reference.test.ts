import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { importIdOf, powerOfficeIdFrom, referenceOf, tribeIdFrom } from '../../src/relations/reference'

const ACME = '3f0c9a52-1d3e-4b7a-9c55-0a1b2c3d4e5f'
const BRAVO = '8e1d2c3b-4a5f-4e6d-8c7b-9a0f1e2d3c4b'
const ID = '7d1c2f30-5b7a-4f0e-8a51-2f9f0c6e1a11'

describe('our reference in PowerOffice', () => {
  test('fits there: 50 characters at most, no comma, nothing that a query would have to escape twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uuid(), fc.uuid(), async (tenantId, tribeId) => {
        const reference = await referenceOf(tenantId, tribeId)
        expect(reference.length).toBeLessThanOrEqual(50)
        expect(reference).toMatch(/^[a-z0-9:]+$/)
      }),
    )
  })

  test('names the record, and leads back to it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uuid(), fc.uuid(), async (tenantId, tribeId) => {
        expect(await tribeIdFrom(tenantId, await referenceOf(tenantId, tribeId))).toBe(tribeId)
      }),
    )
  })

  test('is always the same for the same record, however its id is spelled', async () => {
    expect(await referenceOf(ACME, ID)).toBe(await referenceOf(ACME, ID))
    expect(await referenceOf(ACME, ID.toUpperCase())).toBe(await referenceOf(ACME, ID))
  })

  test('is another for another record, and for another tenant', async () => {
    expect(await referenceOf(ACME, ID)).not.toBe(await referenceOf(ACME, BRAVO))
    expect(await referenceOf(ACME, ID)).not.toBe(await referenceOf(BRAVO, ID))
  })

  test('of another tenant is nobody’s', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uuid(), fc.uuid(), fc.uuid(), async (ours, theirs, tribeId) => {
        fc.pre(ours !== theirs)
        expect(await tribeIdFrom(ours, await referenceOf(theirs, tribeId))).toBeNull()
      }),
    )
  })

  test('does not tell who the tenant is', async () => {
    expect(await referenceOf(ACME, ID)).not.toContain(ACME.slice(0, 8))
  })

  test('that somebody else made, or changed, is nobody’s', async () => {
    const ours = await referenceOf(ACME, ID)
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
    for (const reference of [...others, ours.replace('relay', 'RELAY'), ours.toUpperCase(), `${ours}\n`])
      expect(await tribeIdFrom(ACME, reference)).toBeNull()
  })

  test('leads nowhere, whatever text stands there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        expect(await tribeIdFrom(ACME, text)).toBeNull()
      }),
    )
  })
})

describe('the ImportId in Tribe', () => {
  test('names the contact, and leads back to it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('customer', 'supplier', 'contactPerson'),
        fc.nat().map(String),
        (kind, id) => {
          expect(powerOfficeIdFrom(kind, importIdOf(kind, id))).toBe(id)
        },
      ),
    )
  })

  test('of a customer is not that of a supplier: a company can be both', () => {
    expect(importIdOf('customer', '7')).not.toBe(importIdOf('supplier', '7'))
    expect(powerOfficeIdFrom('supplier', importIdOf('customer', '7'))).toBeNull()
  })

  test.each([null, undefined, '', '7', 'poweroffice:customer', 'poweroffice:customer:', 'exact:customer:7'])(
    '"%s" is nobody’s',
    (importId) => {
      expect(powerOfficeIdFrom('customer', importId)).toBeNull()
    },
  )
})
