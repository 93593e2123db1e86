import { expect, test } from 'vitest'
import { Product as ProductInPowerOffice } from '../../src/poweroffice/schemas'
import { PRODUCT_ROWS, type ProductRow, scalar } from '../../src/products/fields'
import { blamedOf, problemOfLeftOut } from '../../src/products/left-out'
import {
  canonical,
  productFromPowerOffice,
  productFromTribe,
  productPatch,
  productToPowerOffice,
  productToTribe,
} from '../../src/products/mapping'
import { ApiError } from '../../src/shared/errors'
import { merge } from '../../src/two-way/merge'
import { here, NOTHING, TERMS, there } from './lists'

/** A row that is made while the relay runs, as for a field that an admin added. */
const ownField = (name: string, member: string): ProductRow =>
  scalar(name, {
    crm: member as 'Code',
    books: `${member}InBooks` as 'Code',
    as: 'text',
    called: `own ${member}`,
  })
const ROWS = [...PRODUCT_ROWS, ownField('shelf', 'Shelf')]
const inBooks = (shelf: string | null) => ({ ...there(), ShelfInBooks: shelf }) as ProductInPowerOffice
const groups = { groupIdOf: () => undefined }

test('a field that was added while the relay runs is read, compared and written on either side', () => {
  const tribe = productFromTribe({ ...here(), Shelf: ' B 12 ' }, TERMS, ROWS)
  const powerOffice = productFromPowerOffice(inBooks('A 3'), TERMS, ROWS)
  expect([tribe.shelf, powerOffice.shelf]).toEqual(['B 12', 'A 3'])

  const prints = (product: typeof tribe) => ({ shelf: canonical(product, ROWS).shelf ?? '' })
  const plan = merge({
    fields: ['shelf'],
    crm: prints(tribe),
    books: prints(powerOffice),
    bases: { shelf: 'A 3' },
    prefer: 'books',
    newest: 'crm',
    ledByBooks: new Set(),
  })
  expect(plan.toBooks).toEqual(['shelf'])

  const members = productToPowerOffice(tribe, plan.toBooks, TERMS, { ...groups, vatGroupId: null }, ROWS)
  expect(productPatch(members, inBooks('A 3'))).toEqual([
    { op: 'replace', path: '/ShelfInBooks', value: 'B 12' },
  ])
  const how = { ...groups, salesAccountId: null }
  expect(productToTribe(powerOffice, ['shelf'], here(), TERMS, how, ROWS)).toEqual({ Shelf: 'A 3' })
})

test('a field that was added is blamed by its member and told by what people call it', () => {
  const refusal = new ApiError('poweroffice.refused', 'data', 'no', 400, null, null, false, ['ShelfInBooks'])
  const product = { ...NOTHING, shelf: 'B 12' }
  expect(blamedOf('books', refusal, ['code', 'shelf'], product, ROWS)).toEqual(['shelf'])
  const problem = problemOfLeftOut([{ field: 'shelf', refusedBy: 'books', said: null }], ROWS)
  expect(problem?.message).toContain('PowerOffice does not take the own Shelf that Tribe holds')
})

test('without its row such a member is nobody\u2019s: nothing of it is read, compared or written', () => {
  const tribe = productFromTribe({ ...here(), Shelf: 'B 12' }, TERMS)
  expect(tribe).not.toHaveProperty('shelf')
  expect(productToPowerOffice(tribe, ['shelf'], TERMS, { ...groups, vatGroupId: null })).toEqual({})
  expect(ProductInPowerOffice.parse(there())).not.toHaveProperty('ShelfInBooks')
})
