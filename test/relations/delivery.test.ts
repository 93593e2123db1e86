import { expect, test } from 'vitest'
import { type Delivery, deliveryFor } from '../../src/relations/delivery'
import type { Relation } from '../../src/relations/fields'
import { isNorwegianOrganizationNumber } from '../../src/shared/organization-number'

const relationOf = (some: Partial<Relation>) => some as Relation
const NUMBER = 'NO 923 609 016 MVA'

test.each<[string, Partial<Relation>, boolean, Delivery]>([
  ['a Norwegian number', { organizationNumber: NUMBER }, false, 'EHF'],
  ['a Norwegian number and an address', { organizationNumber: NUMBER, email: 'a@b.example' }, false, 'EHF'],
  [
    'a refused number and an address',
    { organizationNumber: NUMBER, email: 'a@b.example' },
    true,
    'PdfByEmail',
  ],
  [
    'a refused number and an address for invoices',
    { organizationNumber: NUMBER, invoiceEmail: 'a@b.example' },
    true,
    'PdfByEmail',
  ],
  ['a refused number alone', { organizationNumber: NUMBER }, true, 'Print'],
  ['a number with a wrong check digit', { organizationNumber: '923609017' }, false, 'Print'],
  ['a Dutch number', { organizationNumber: 'NL123456789B01', email: 'a@b.example' }, false, 'PdfByEmail'],
  ['nothing', {}, false, 'Print'],
])('%s', (_, some, isEhfRefused, delivery) => {
  const relation = relationOf({ organizationNumber: null, email: null, invoiceEmail: null, ...some })
  const sent = ['name', 'organizationNumber', 'email', 'invoiceEmail'] as const
  expect(deliveryFor(relation, sent, { isEhfRefused })).toBe(delivery)
})

test('what is not sent decides nothing', () => {
  const relation = relationOf({ organizationNumber: NUMBER, email: 'a@b.example', invoiceEmail: null })
  expect(deliveryFor(relation, ['name', 'email'], { isEhfRefused: false })).toBe('PdfByEmail')
  expect(deliveryFor(relation, ['name'], { isEhfRefused: false })).toBe('Print')
})

test.each([
  ['923609016', true],
  ['974 760 673', true],
  ['NO914778271MVA', true],
  ['914778270', false],
  ['123456785', false],
  ['9147782711', false],
  ['', false],
  [null, false],
])('%j is a number of a Norwegian company: %s', (number, is) => {
  expect(isNorwegianOrganizationNumber(number)).toBe(is)
})
