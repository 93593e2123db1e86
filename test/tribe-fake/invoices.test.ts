import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Fields, startFakeTribe, type TribeEnvironment, type TribeOptions } from '../fakes/tribe'
import { cents } from '../fakes/tribe/money'
import { type Caller, callerFor, messageOf, type Running } from './tribe'

let tribe: Running
let env: TribeEnvironment
let call: Caller

beforeAll(async () => {
  tribe = await startFakeTribe({ seed: 5 })
})
afterAll(() => tribe.close())
beforeEach(() => use())

async function use(options: Partial<TribeOptions> = {}) {
  env = tribe.addEnvironment(options)
  call = await callerFor(tribe, env)
}

const phase = (code: string) => ({ Phase: { ID: env.lookupId('Datastore_Phase_ActivityInvoice', code) } })

test('a line comes to what quantity, price, discount and VAT make of it', async () => {
  const product = env.hasProduct({
    Name: 'Konsulenttime',
    Code: 'KONS-01',
    SalesPrice: 1450,
    VatGroup: 'NO25',
  })
  const id = env.hasInvoice({ lines: [{ product, quantity: 2.5 }] })
  const { body } = await call.get(`Activity_Invoice(${id})`, {
    $expand:
      'Phase($select=ID,Code),Relationship($select=ID,_Type),ProductLines($orderby=SortIndex;$expand=Product($select=Code),VatGroup($select=Percentage))',
  })
  expect(body).toMatchObject({
    Number: null,
    Currency: 'NOK',
    Amount: 4531.25,
    TotalExcludingVat: 3625,
    VatAmount: 906.25,
    TotalIncludingVat: 4531.25,
    IsFinal: false,
    Phase: { Code: 'Draft' },
    Relationship: { _Type: 'Relationship.Organization.CommercialRelationship.Customer' },
    ProductLines: [
      {
        SortIndex: 1,
        Description: 'Konsulenttime',
        Quantity: 2.5,
        Price: 1450,
        VatPercentage: 25,
        VatAmount: 906.25,
        TotalExcludingVat: 3625,
        TotalIncludingVat: 4531.25,
        Product: { Code: 'KONS-01' },
        VatGroup: { Percentage: 25 },
      },
    ],
  })
})

test('with prices that include VAT the total including it is the price, and discounts come off both times', async () => {
  const lines = [
    { price: 99.9, quantity: 3, vatGroup: 'NO25', discountPercentage: 10 },
    { price: 50, quantity: 1, vatGroup: 'NO0' },
  ]
  const id = env.hasInvoice({ lines, isVatIncluded: true, discountPercentage: 5 })
  expect(env.get(id, 'ProductLines')).toMatchObject({
    TotalIncludingVat: 303.74,
    TotalExcludingVat: 252.49,
    VatAmount: 51.25,
    ProductLines: [
      {
        TotalIncludingVat: 269.73,
        TotalExcludingVat: 215.78,
        VatAmount: 53.95,
        VatAmountIncludingDiscount: 51.25,
      },
      { TotalIncludingVat: 50, TotalExcludingVat: 50, VatAmount: 0 },
    ],
  })
})

test('for any line, net and VAT add up to the total, and a credit is its mirror', () => {
  const line = fc.record({
    quantity: fc.integer({ min: 1, max: 10_000 }).map((n) => n / 100),
    price: fc.integer({ min: 0, max: 1_000_000 }).map((n) => n / 100),
    discountPercentage: fc.integer({ min: 0, max: 100 }),
    vatGroup: fc.constantFrom('NO25', 'NO15', 'NO12', 'NO0', 'NL21', 'NL9'),
  })
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      fc.nat(100),
      (lines, isVatIncluded, discount) => {
        const id = env.hasInvoice({ lines, isVatIncluded, discountPercentage: discount, silent: true })
        const total = env.get(id) as Record<string, number>
        const credit = env.get(env.creditInvoice(id, { silent: true })) as Record<string, number>
        for (const name of ['TotalExcludingVat', 'VatAmount', 'TotalIncludingVat']) {
          expect(cents(Number(credit[name]) + Number(total[name]))).toBe(0)
        }
        expect(cents(Number(total.TotalExcludingVat) + Number(total.VatAmount))).toBe(total.TotalIncludingVat)
      },
    ),
    { numRuns: 50 },
  )
})

test('sending gives number, dates and a PDF, and moves the phase', async () => {
  const { roleId } = env.hasCustomer({ role: { PaymentTermInDays: 14 } })
  const id = env.hasInvoice({ roleId })
  expect(env.sendInvoice(id, { invoiceDate: '2026-03-15' })).toBe('2026-0001')
  const { body } = await call.get(`Activity_Invoice(${id})`, { $expand: 'Attachments($expand=File)' })
  expect(body).toMatchObject({
    _Name: '2026-0001',
    InvoiceDate: '2026-03-15',
    ExpirationDate: '2026-03-29',
    IsFinal: true,
    Attachments: [{ File: { Name: '2026-0001.pdf', MimeType: 'application/pdf' } }],
  })
  expect(env.phaseOf(id)).toBe('Sent')
  expect(env.sendInvoice(id)).toBe('2026-0001')
  const sent = await call.get('Activity_Invoice', {
    $filter: "Phase/Code eq 'Sent' and InvoiceDate ge 2026-03-15",
  })
  expect(sent.rows).toMatchObject([{ ID: id }])
})

test('a sent invoice is frozen: only its phase still moves, and its lines do not', async () => {
  const id = env.hasInvoice({ phase: 'Sent' })
  const [line] = env.all('ProductLine')
  const frozen = await call.put(`Activity_Invoice(${id})`, { Subject: 'Ny' })
  expect(frozen.status).toBe(400)
  expect(messageOf(frozen)).toContain('final')
  expect((await call.put(`Activity_Invoice(${id})`, { ImportId: 'poweroffice:invoice:1' })).status).toBe(400)
  expect((await call.put(`ProductLine(${String(line?.ID)})`, { Price: 1 })).status).toBe(400)
  expect((await call.post('ProductLine', { Activity: { ID: id }, Price: 1 })).status).toBe(400)
  expect((await call.delete(`Activity_Invoice(${id})`)).status).toBe(400)
  expect((await call.post('Activity_Invoice', { ID: id, ...phase('Paid') })).status).toBe(200)
  expect(env.phaseOf(id)).toBe('Paid')
  env.edit(id, { Subject: 'A user may' })
  expect(env.get(id)?.Subject).toBe('A user may')
})

test('where invoices do not freeze, the API may still edit them', async () => {
  await use({ frozenInvoices: false })
  const id = env.hasInvoice({ phase: 'Sent' })
  expect((await call.put(`Activity_Invoice(${id})`, { ImportId: 'poweroffice:invoice:1' })).status).toBe(200)
})

test('a draft that is set to Sent by API gets no number, and that is noted; going back from Paid is fine', async () => {
  const draft = env.hasInvoice()
  await call.put(`Activity_Invoice(${draft})`, phase('Sent'))
  expect(env.get(draft)).toMatchObject({ Number: null, IsFinal: false })
  expect(env.violations).toEqual(['the phase of an invoice that was not sent is set to Sent by API'])
  const paid = env.hasInvoice({ phase: 'Paid' })
  await call.put(`Activity_Invoice(${paid})`, phase('Sent'))
  expect(env.violations).toHaveLength(1)
})

test('an invoice and its lines can be made by API in one go', async () => {
  const { roleId } = env.hasCustomer()
  const product = env.hasProduct({ SalesPrice: 100, VatGroup: 'NO15' })
  const made = await call.post('Activity_Invoice', {
    Subject: 'A',
    Relationship: { ID: roleId },
    ProductLines: [
      { Product: { ID: product }, Quantity: 3 },
      { Description: 'Fritekst', Price: 10 },
    ],
  })
  expect(made).toMatchObject({ status: 201, body: { TotalExcludingVat: 310, VatAmount: 45 } })
  const lines = await call.get('ProductLine', {
    $filter: `Activity/ID eq ${String(made.body.ID)}`,
    $orderby: 'SortIndex',
  })
  expect(lines.rows.map((row) => row.SortIndex)).toEqual([1, 2])
})

test('a credit invoice points at what it credits, and closes it once it is sent', async () => {
  const id = env.hasInvoice({ phase: 'Sent' })
  const credit = env.creditInvoice(id)
  expect(env.get(credit)).toMatchObject({ TotalIncludingVat: -1250, CreditedInvoice: { ID: id } })
  expect(env.phaseOf(id)).toBe('Sent')
  env.sendInvoice(credit)
  expect(env.phaseOf(id)).toBe('Credited')
})

test('an environment may mark credit invoices by a flag, or not at all', async () => {
  await use({ creditMarker: 'flag' })
  expect(env.get(env.creditInvoice(env.hasInvoice({ phase: 'Sent' })))).toMatchObject({
    IsCreditInvoice: true,
  })
  await use({ creditMarker: 'none' })
  const credit = env.get(env.creditInvoice(env.hasInvoice({ phase: 'Sent' }))) as Fields
  expect(Object.keys(credit).filter((name) => /credit/i.test(name))).toEqual([])
})

test('the dates of an invoice go by the names that the environment has', async () => {
  await use({ invoiceDateName: 'Start', dueDateName: 'DueDate', invoiceNumberStyle: 'plain' })
  const id = env.hasInvoice({ phase: 'Sent', invoiceDate: '2026-03-15', dueDate: '2026-04-01' })
  expect(env.get(id)).toMatchObject({ Number: '1001', Start: '2026-03-15T00:00:00Z', DueDate: '2026-04-01' })
})

test('payments hang on an invoice, leave its phase alone, and can be deleted', async () => {
  const id = env.hasInvoice({ phase: 'Sent' })
  const made = await call.post('Payment', {
    Amount: 500,
    Currency: 'NOK',
    Provider: 'PowerOffice',
    Reference: 'PO-778812',
    Invoice: { ID: id },
    PaymentStatus: { ID: env.lookupId('Datastore_PaymentStatus', 'Paid') },
  })
  expect(made.status).toBe(201)
  expect(env.phaseOf(id)).toBe('Sent')
  const { rows } = await call.get(`Activity_Invoice(${id})/Payments`)
  expect(rows).toMatchObject([{ Amount: 500 }])
  expect((await call.delete(`Payment(${String(made.body.ID)})`)).status).toBe(204)
  expect(env.violations).toEqual([])
})

test('the PDF of an invoice can be found and fetched, and a file can be uploaded', async () => {
  const id = env.hasInvoice({ phase: 'Sent' })
  const { rows } = await call.get('Attachment', { $filter: `Invoice/ID eq ${id}`, $expand: 'File' })
  const file = rows[0]?.File as Fields
  expect(file).not.toHaveProperty('Data')
  const pdf = await fetch(String(file.Url), { headers: { authorization: `Bearer ${call.token}` } })
  expect(pdf.headers.get('content-type')).toBe('application/pdf')
  expect(await pdf.text()).toContain('%PDF-')
  const upload = (Data: string) =>
    call.post('Attachment', {
      Entity: { ID: id },
      File: { Name: 'x.pdf', MimeType: 'application/pdf', Data },
    })
  expect((await upload(btoa('%PDF-1.7'))).status).toBe(201)
  expect((await upload(btoa('hello'))).status).toBe(400)
  expect(env.get(id)?.NumberOfAttachments).toBe(2)
})

test('a PDF may come long after the phase, and be as large as it likes', async () => {
  await use({ invoicePdf: 'later' })
  const id = env.hasInvoice({ phase: 'Sent' })
  const papers = async () =>
    (await call.get(`Activity_Invoice(${id})`, { $expand: 'Attachments($expand=File)' })).body.Attachments
  expect(await papers()).toEqual([])
  env.makePdf(id, { bytes: 3_000_000 })
  const [paper] = (await papers()) as { File: Fields }[]
  const url = String(paper?.File.Url)
  const pdf = await fetch(url, { headers: { authorization: `Bearer ${call.token}` } })
  expect((await pdf.arrayBuffer()).byteLength).toBe(3_000_000)
})

test('products have their group, unit and VAT group, and may be required to', async () => {
  const group = env.hasProductGroup('Tjenester')
  const id = env.hasProduct({
    ProductGroup: 'Tjenester',
    Unit: 'hr',
    VatGroup: 'NO25',
    ImportId: 'poweroffice:product:1',
  })
  const { rows } = await call.get('Product', {
    $filter: "ImportId eq 'poweroffice:product:1' and ProductGroup/Name eq 'Tjenester'",
    $expand: 'ProductGroup,Unit($select=Code),VatGroup($select=Percentage)',
  })
  expect(rows).toMatchObject([
    {
      ID: id,
      ProductGroup: { ID: group },
      Unit: { Code: 'hr' },
      VatGroup: { Percentage: 25 },
      IsInactive: false,
    },
  ])
  await use({ productRequires: ['ProductGroup', 'Unit', 'VatGroup'] })
  expect(messageOf(await call.post('Product', { Name: 'A' }))).toContain("'ProductGroup'")
  expect((await call.get('$metadata')).text).toContain(
    '<NavigationProperty Name="VatGroup" Type="Tribe.Datastore_VatGroup" Nullable="false"/>',
  )
})
