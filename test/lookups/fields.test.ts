import { describe, expect, test } from 'vitest'
import { checkFields } from '../../src/lookups/fields'
import { powerOfficeFields } from '../../src/poweroffice/own-fields'
import type { AskedField, FieldType } from '../../src/shared/own-fields'
import { parseMetadata } from '../../src/tribe/dialect'
import { tribeFieldsIn } from '../../src/tribe/own-fields'
import { CUSTOMER_ORGANIZATION } from '../../src/tribe/sets'
import { FakeTribe } from '../fakes/tribe'
import { metadataJson, metadataXml } from '../fakes/tribe/metadata'

const own = (letter: string) => `${letter.repeat(8)}__844e__4399__9142__2d960441a391`
const F = {
  text: own('a'),
  sum: own('b'),
  count: own('c'),
  yes: own('d'),
  day: own('e'),
  moment: own('f'),
  choice: `_1${own('a').slice(1)}`,
  fixed: `_2${own('a').slice(1)}`,
}
const organization = {
  [F.text]: { kind: 'string', label: 'Kundenotat' },
  [F.sum]: 'double',
  [F.count]: 'int',
  [F.yes]: 'boolean',
  [F.day]: 'date',
  [F.moment]: 'instant',
  [F.choice]: { choice: ['EHF', 'Print'], label: 'Levering' },
  [F.fixed]: { kind: 'string', readOnly: true },
} as const
const crm = new FakeTribe({ seed: 4 }).addEnvironment({
  annotations: true,
  customFields: {
    Relation_Organization: organization,
    Activity_Invoice: { [F.text]: 'string' },
    Product: { [F.text]: 'string' },
  },
})
const xml = parseMetadata(metadataXml(crm.core.schema, true))
const json = parseMetadata(JSON.stringify(metadataJson(crm.core.schema, true)))
const tribe = xml ? tribeFieldsIn(xml) : []
const catalog = { tribe, powerOffice: powerOfficeFields() }
const field = (record: string, name: string) =>
  tribe.find((one) => one.record === record && one.field === name)

describe('the fields of a Tribe', () => {
  test('both forms of its metadata tell the same', () => {
    expect(json && tribeFieldsIn(json)).toEqual(tribe)
  })

  test.each<[string, FieldType, boolean]>([
    [F.text, 'text', true],
    [F.sum, 'number', true],
    [F.count, 'integer', true],
    [F.yes, 'boolean', true],
    [F.day, 'date', true],
    [F.moment, 'instant', true],
    [F.choice, 'choice', true],
    [F.fixed, 'text', false],
    ['NumberOfEmployees', 'integer', true],
    // Every tenant has a row for it.
    ['EmailAddress', 'text', false],
    ['DebtorNumber', 'text', false],
    ['Branch', 'choice', true],
    ['MailingOptOut', 'boolean', true],
    ['AccountManager/EmailAddress', 'text', false],
  ])('%s of a customer is %s', (name, type, writable) => {
    expect(field('customer', name)).toMatchObject({ type, writable })
  })

  test('a field says where it stands: of a customer, at the company behind the role', () => {
    expect(field('customer', F.text)).toMatchObject({
      label: 'Kundenotat',
      places: [{ of: CUSTOMER_ORGANIZATION, via: 'Organization', set: 'Relation_Organization' }],
    })
    // The name of a role, of a company's and of a person's customer alike, and of the company.
    expect(field('customer', 'Name')?.places.map(({ via }) => via)).toEqual(['', ''])
    expect(field('customer', 'Organization/Name')?.places.map(({ via }) => via)).toEqual(['Organization'])
    expect(field('customer', F.choice)?.places[0]?.list).toMatch(/^c0ffee00/)
  })
})

const row = (
  tribeField: string,
  powerOfficeField: string,
  direction: AskedField['direction'] = 'to-tribe',
  record: AskedField['record'] = 'customer',
): AskedField => ({ record, tribeField, powerOfficeField, direction })
const verdict = (...rows: AskedField[]) => {
  const found = checkFields(rows, catalog)
  return 'index' in found ? [found.code, found.index] : 'taken'
}

describe('a row', () => {
  test.each<[string, AskedField, string]>([
    ['an amount into a number', row(F.sum, 'receivables.open'), 'taken'],
    ['an amount into whole numbers', row(F.count, 'receivables.open'), 'field.type_differs'],
    ['an amount into text', row(F.text, 'receivables.open'), 'field.type_differs'],
    ['an amount into yes or no', row(F.yes, 'receivables.open'), 'field.type_differs'],
    ['a count into a number', row(F.sum, 'receivables.openInvoices'), 'taken'],
    ['a day into a day', row(F.day, 'receivables.lastPaymentDate'), 'taken'],
    ['a day into text', row(F.text, 'receivables.lastPaymentDate'), 'field.type_differs'],
    ['yes or no into yes or no', row(F.yes, 'customer.workStop'), 'taken'],
    ['a choice into a choice', row(F.choice, 'customer.deliveryType'), 'taken'],
    ['a choice into text', row(F.text, 'customer.deliveryType'), 'taken'],
    ['a number that is a name into text', row(F.text, 'invoice.number', 'to-tribe', 'invoice'), 'taken'],
    ['what is only read, to PowerOffice', row(F.sum, 'receivables.open', 'both'), 'field.read_only'],
    ['into what Tribe works out', row(F.fixed, 'JobStopReason', 'both'), 'field.read_only'],
    ['from what Tribe works out', row(F.fixed, 'JobStopReason', 'to-poweroffice'), 'taken'],
    ['into what every tenant has a row for', row('EmailAddress', 'LegalName'), 'field.read_only'],
    ['from that', row('EmailAddress', 'PaymentReminderEmailAddress', 'to-poweroffice'), 'taken'],
    ['a member both ways', row(F.text, 'LegalName', 'both'), 'taken'],
    ['a number both ways', row(F.count, 'ExternalNumber', 'both'), 'taken'],
    ['text into a number', row(F.text, 'ExternalNumber', 'to-poweroffice'), 'field.type_differs'],
    ['a project', row(F.text, 'order.project', 'to-poweroffice'), 'taken'],
    ['a project of a product', row(F.text, 'order.project', 'to-poweroffice', 'product'), 'taken'],
    ['a project by a number', row(F.sum, 'order.project', 'to-poweroffice'), 'taken'],
    ['a project to Tribe', row(F.text, 'order.project'), 'field.direction_impossible'],
    [
      'who looks after the customer',
      row('AccountManager/EmailAddress', 'order.salesPerson', 'to-poweroffice'),
      'taken',
    ],
    ['nothing that Tribe has', row('Colour', 'LegalName'), 'field.unknown'],
    ['nothing that PowerOffice has', row(F.text, 'Colour'), 'field.unknown'],
    ['a field of another kind', row(F.sum, 'receivables.open', 'to-tribe', 'product'), 'field.unknown'],
  ])('%s', (_, asked, wanted) => {
    expect(verdict(asked)).toEqual(wanted === 'taken' ? 'taken' : [wanted, 0])
  })

  test('two rows into one field are one too many; one into two is not', () => {
    const first = row(F.sum, 'receivables.open')
    expect(verdict(first, row(F.sum, 'receivables.overdue'))).toEqual(['field.mapped_twice', 1])
    expect(verdict(first, first)).toEqual(['field.mapped_twice', 1])
    expect(verdict(row(F.text, 'LegalName', 'both'), row('OIN', 'LegalName', 'to-poweroffice'))).toEqual([
      'field.mapped_twice',
      1,
    ])
    expect(verdict(first, row('Longitude', 'receivables.open'))).toEqual(['field.unknown', 1])
    expect(
      verdict(row('OIN', 'LegalName', 'to-poweroffice'), row('OIN', 'JobStopReason', 'to-poweroffice')),
    ).toBe('taken')
    expect(verdict(first, row(F.text, 'LegalName', 'to-tribe', 'supplier'))).toBe('taken')
  })
})
