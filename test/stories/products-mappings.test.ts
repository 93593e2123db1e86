import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Relay, Tenant, TenantGiven } from './relay'
import { startRelay } from './relay'
import { aShopAt, clearLogs, mapAsProposed, only, pairIn, problemsOf, remap } from './shop'

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => {
  relay.tribe.faults.clear()
  relay.powerOffice.faults.clear()
  expect(relay.violations()).toEqual([])
})
afterAll(() => relay.close())

const aShop = (given?: TenantGiven) => aShopAt(relay, given)
const unitId = (shop: Tenant, code: string) => shop.crm.lookupId('Datastore_Unit', code)
const vatId = (shop: Tenant, code: string) => shop.crm.lookupId('Datastore_VatGroup', code)
const night = async (shop: Tenant) => {
  await relay.tick('30 2 * * *')
  await shop.quiet()
}
/** A tenant that is connected, and has nothing mapped. */
const aNewShop = (given: TenantGiven = {}) =>
  relay.tenant({
    ...given,
    settings: { products: { enabled: true }, relations: { enabled: false }, ...given.settings },
    activate: false,
  })
async function openSteps(shop: Tenant): Promise<Record<string, string>> {
  const { body } = await shop.api('GET', '/checklist')
  const items: { step: string; ok: boolean; message: string }[] = body.checklist ?? body
  return Object.fromEntries(items.filter((item) => !item.ok).map(({ step, message }) => [step, message]))
}

// ── What can be mapped ──────────────────────────────────────────────────────

test('both systems’ lists are there to be mapped, with proposals', async () => {
  const shop = await aNewShop({ settings: { defaultSalesAccountNo: 3000 } })
  const { status, body } = await shop.api('GET', '/lookups')
  expect(status).toBe(200)
  expect(body.ownCountry).toBe('NO')
  expect(body.tribe.units).toContainEqual({
    id: unitId(shop, 'hr'),
    code: 'hr',
    name: 'Hour',
    inUse: false,
  })
  expect(body.tribe.vatGroups).toContainEqual(
    expect.objectContaining({ code: 'NL21', percentage: 21, country: 'NL' }),
  )
  expect(body.tribe.invoicePhases.map((phase: { code: string }) => phase.code)).toContain('Sent')
  expect(body.powerOffice.units).toHaveLength(67)
  expect(body.powerOffice.units).toContainEqual({ code: 'EA', name: expect.stringMatching(/stk/) })
  expect(body.powerOffice.vatCodes).toContainEqual(
    expect.objectContaining({ code: '31', name: expect.any(String), rate: 0.15 }),
  )
  expect(body.powerOffice.salesAccounts).toContainEqual(
    expect.objectContaining({ accountNo: 3000, vatCode: '3', isActive: true }),
  )
  expect(body.powerOffice.salesAccounts.map((one: { accountNo: number }) => one.accountNo)).not.toContain(
    1920,
  )
  expect(body.powerOffice.paymentTerms.map((term: { creditDays: number }) => term.creditDays)).toContain(14)
  expect(body.proposals.units).toContainEqual({ tribeUnitId: unitId(shop, 'box'), powerOfficeUnit: 'BX' })
  expect(body.proposals.units.map((one: { tribeUnitId: string }) => one.tribeUnitId)).not.toContain(
    unitId(shop, 'min'),
  )
  const vat = new Map(
    body.proposals.vat.map((one: Record<string, unknown>) => [
      one.tribeVatGroupId,
      Object.values(one).slice(1),
    ]),
  )
  expect(vat.get(vatId(shop, 'NO25'))).toEqual(['3', 3000, null])
  expect(vat.get(vatId(shop, 'NO12'))).toEqual(['33', 3020, null])
  expect(vat.get(vatId(shop, 'NL21'))).toEqual([null, null, 'foreign-rate'])
})

test('a Dutch organisation that sells from a Norwegian book is told which rates have no pair', async () => {
  const shop = await aNewShop({ tribe: { country: 'NL' } })
  const { body } = await shop.api('GET', '/lookups')
  expect(body.ownCountry).toBe('NL')
  const reasons = body.proposals.vat.map((one: { reason: string | null }) => one.reason)
  expect(reasons.filter((reason: string | null) => reason === 'foreign-rate')).toHaveLength(2)
  expect(reasons.filter((reason: string | null) => reason === null)).toHaveLength(5)
})

test('lists are read once a day, and anew on request', async () => {
  const shop = await aNewShop()
  await shop.api('GET', '/lookups')
  clearLogs(relay)
  shop.books.hasAccount({ AccountNo: 3088, VatCode: '33' })
  const accountsOf = async (query: string) =>
    (await shop.api('GET', `/lookups${query}`)).body.powerOffice.salesAccounts.map(
      (one: { accountNo: number }) => one.accountNo,
    )
  expect(await accountsOf('')).not.toContain(3088)
  expect(shop.calls()).toEqual([])
  expect(await accountsOf('?refresh=true')).toContain(3088)
  expect(shop.calls()).toHaveLength(4)
})

test('without PowerOffice there is nothing to map yet', async () => {
  const crm = relay.tribe.addEnvironment()
  const { clientId, clientSecret } = crm
  const made = await relay.operator('POST', '/api/tenants', { name: 'Ny', tribe: { clientId, clientSecret } })
  for (const [method, path, body] of [
    ['GET', 'lookups', undefined],
    ['PUT', 'mappings/units', { mappings: [] }],
    ['PUT', 'mappings/vat', { mappings: [] }],
  ] as const) {
    const answer = await relay.operator(method, `/api/tenants/${made.body.id}/${path}`, body)
    expect([answer.status, answer.body.error.code]).toEqual([409, 'tenant.not_ready'])
  }
})

// ── Mappings that are refused ───────────────────────────────────────────────

test('a bad entry is named, and nothing of the rest is saved', async () => {
  const shop = await aNewShop({ settings: { defaultSalesAccountNo: 3000 } })
  shop.books.hasAccount({ AccountNo: 3055, VatCode: '31' })
  const good = { tribeVatGroupId: vatId(shop, 'NO25'), powerOfficeVatCode: '3' }
  const group = { tribeVatGroupId: vatId(shop, 'NO15'), powerOfficeVatCode: '31' }
  const nobody = '00000000-0000-4000-8000-000000000000'
  for (const [bad, code] of [
    [{ ...group, tribeVatGroupId: nobody, salesAccountNo: 3010 }, 'mapping.vat_group_unknown'],
    [{ ...group, powerOfficeVatCode: '999' }, 'mapping.vat_code_unknown'],
    [{ ...group, salesAccountNo: 3999 }, 'mapping.account_unknown'],
    [{ ...group, salesAccountNo: 3000 }, 'mapping.account_has_other_vat'],
    [group, 'mapping.account_ambiguous'],
    [good, 'mapping.twice'],
  ] as const) {
    const answer = await shop.put('/mappings/vat', { mappings: [good, bad] })
    expect([answer.status, answer.body.error.code]).toEqual([422, code])
    expect(answer.body.error.details).toEqual({ index: 1, entry: bad })
  }
  const pieces = { tribeUnitId: unitId(shop, 'pcs'), powerOfficeUnit: 'EA' }
  for (const [bad, code] of [
    [{ ...pieces, tribeUnitId: nobody }, 'mapping.unit_unknown'],
    [{ tribeUnitId: unitId(shop, 'hr'), powerOfficeUnit: 'HOUR' }, 'mapping.unit_code_unknown'],
    [pieces, 'mapping.twice'],
  ] as const) {
    const answer = await shop.put('/mappings/units', { mappings: [pieces, bad] })
    expect([answer.status, answer.body.error.code]).toEqual([422, code])
    expect(answer.body.error.details).toEqual({ index: 1, entry: bad })
  }
  expect((await shop.put('/mappings/vat', { mappings: [{ ...good, salesAccountNo: 'x' }] })).status).toBe(400)
  for (const what of ['units', 'vat'])
    expect((await shop.api('GET', `/mappings/${what}`)).body).toEqual({ mappings: [] })

  const saved = await shop.put('/mappings/vat', { mappings: [good, { ...group, salesAccountNo: 3055 }] })
  expect(saved.status).toBe(200)
  expect(saved.body.mappings).toHaveLength(2)
  expect(saved.body.mappings).toContainEqual({ ...good, salesAccountNo: 3000 })
  expect(saved.body.mappings).toContainEqual({ ...group, salesAccountNo: 3055 })
})

test('an archived account is refused, though it carries the code', async () => {
  const shop = await aNewShop()
  shop.books.accounts.put({ ...shop.books.accountNo(3010), IsActive: false }, true)
  const group = { tribeVatGroupId: vatId(shop, 'NO15'), powerOfficeVatCode: '31' }
  const named = await shop.put('/mappings/vat', { mappings: [{ ...group, salesAccountNo: 3010 }] })
  expect([named.status, named.body.error.code]).toEqual([422, 'mapping.account_archived'])
  const found = await shop.put('/mappings/vat', { mappings: [group] })
  expect([found.status, found.body.error.code]).toEqual([422, 'mapping.account_missing'])
})

test('a unit or an account that is newer than the lists is taken', async () => {
  const shop = await aNewShop()
  await shop.api('GET', '/lookups')
  const id = shop.crm.has('Datastore_Unit', { Name: 'Favn', Code: 'favn' })
  shop.books.hasAccount({ AccountNo: 3044, VatCode: '33' })
  expect(
    (await shop.put('/mappings/units', { mappings: [{ tribeUnitId: id, powerOfficeUnit: 'AK' }] })).status,
  ).toBe(200)
  const vat = { tribeVatGroupId: vatId(shop, 'NO12'), powerOfficeVatCode: '33', salesAccountNo: 3044 }
  expect((await shop.put('/mappings/vat', { mappings: [vat] })).status).toBe(200)
})

// ── The checklist ───────────────────────────────────────────────────────────

test('activation is refused while the account, a unit or a VAT group is open, and says which', async () => {
  const shop = await aNewShop({
    seed: (crm) => {
      crm.hasProduct({ Name: 'I bruk', Unit: 'min', VatGroup: 'NO25' })
      crm.hasProduct({ Name: 'Utgått', Unit: 'kg', VatGroup: 'NL21', IsInactive: true })
    },
  })
  expect(await openSteps(shop)).toEqual({
    'default-ledger-account': expect.stringMatching(/defaultSalesAccountNo/),
    units: expect.stringMatching(/"Minute".*map/),
    'vat-groups': expect.stringMatching(/"NO - 25%".*map/),
  })
  const refused = await shop.api('POST', '/activate')
  expect([refused.status, refused.body.error.code]).toEqual([409, 'tenant.not_ready'])

  await shop.api('PATCH', '/settings', { defaultSalesAccountNo: 1920 })
  expect(await openSteps(shop)).toMatchObject({ 'default-ledger-account': expect.stringMatching(/1920/) })
  await shop.api('PATCH', '/settings', { defaultSalesAccountNo: 3000 })
  await mapAsProposed(shop)
  expect(Object.keys(await openSteps(shop))).toEqual(['units'])
  await remap(shop, 'units', { [unitId(shop, 'min')]: { powerOfficeUnit: 'HUR' } })
  expect(await openSteps(shop)).toEqual({})
  await shop.activate()
  expect((await shop.status()).state).toBe('active')
})

test('where products and invoices are off nothing has to be mapped', async () => {
  const shop = await aNewShop({ settings: { products: { enabled: false }, relations: { enabled: true } } })
  expect(await openSteps(shop)).toEqual({})
})

test('a missing privilege for products or accounts stands in the way', async () => {
  const shop = await aNewShop({
    powerOffice: { privileges: ['Customer_Full', 'Supplier_Full', 'CommonServices'] },
  })
  expect(Object.keys(await openSteps(shop))).toEqual([
    'privilege:Product_Full',
    'privilege:GeneralLedgerAccount',
    'lookups',
  ])
  expect((await shop.api('POST', '/activate')).status).toBe(409)
  const { status, body } = await shop.api('GET', '/lookups')
  expect([status, body.error.code]).toEqual([422, 'poweroffice.forbidden'])
})

// ── Parking and release ─────────────────────────────────────────────────────

test('what waits for a unit or a VAT group goes at once when the mapping is saved, from either side', async () => {
  const shop = await aShop()
  const [box, low] = [unitId(shop, 'box'), vatId(shop, 'NO12')]
  await remap(shop, 'units', { [box]: null })
  await remap(shop, 'vat', { [low]: null })
  for (let n = 0; n < 3; n++) shop.crm.hasProduct({ Name: `Eske ${n}`, Unit: 'box' })
  shop.crm.hasProduct({ Name: 'Bok', Unit: 'pcs', VatGroup: 'NO12' })
  shop.crm.hasProduct({ Name: 'Fri', Unit: 'pcs' })
  shop.books.hasProduct({ Name: 'Fra boka, i eske', UnitOfMeasureCode: 'BX' })
  shop.books.hasProduct({ Name: 'Fra boka, lav sats', UnitOfMeasureCode: 'EA', StandardSalesAccount: 3020 })
  await shop.poll()
  expect(shop.books.products()).toHaveLength(3)
  expect(shop.crm.products()).toHaveLength(5)
  const problems = await problemsOf(shop)
  expect(problems.map(({ code }) => code).sort()).toEqual([
    ...Array(4).fill('unit.unmapped'),
    ...Array(2).fill('vat.unmapped'),
  ])
  const messages = problems.map(({ message }) => message).join('\n')
  for (const value of ['"Box"', '"BX"', '"NO - 12%"', '"33"']) expect(messages).toContain(value)

  await remap(shop, 'units', { [box]: { powerOfficeUnit: 'BX' } })
  expect((await problemsOf(shop)).map(({ code }) => code)).toEqual(['vat.unmapped', 'vat.unmapped'])
  await remap(shop, 'vat', { [low]: { powerOfficeVatCode: '33' } })
  expect(await problemsOf(shop)).toEqual([])
  expect([shop.books.products().length, shop.crm.products().length]).toEqual([7, 7])
  expect((await shop.status()).jobs).toMatchObject({ due: 0, waiting: 0, parked: 0 })
})

test('a unit that only PowerOffice uses waits for a unit of Tribe’s that stands for it', async () => {
  const shop = await aShop({
    seed: (_crm, books) => books.hasProduct({ Name: 'Bunt', UnitOfMeasureCode: 'XBE' }),
  })
  expect(await problemsOf(shop)).toMatchObject([
    { code: 'unit.unmapped', kind: 'product', message: expect.stringMatching(/"XBE"/) },
  ])
  const bundle = shop.crm.has('Datastore_Unit', { Name: 'Bunt', Code: 'bunt' })
  await remap(shop, 'units', { [bundle]: { powerOfficeUnit: 'XBE' } })
  expect(only(shop.crm.products())).toMatchObject({ Name: 'Bunt', Unit: { Code: 'bunt' } })
  expect(await problemsOf(shop)).toEqual([])
})

test('a linked product that gets an unmapped unit waits too, on whichever side; another unit frees it', async () => {
  const shop = await aShop({
    seed: (_crm, books) => books.hasProduct({ Name: 'Vare', UnitOfMeasureCode: 'EA' }),
  })
  const { here, there } = pairIn(shop)
  shop.crm.edit(String(here.ID), { Unit: 'min', Name: 'Vare, ny' })
  await shop.quiet()
  expect(shop.books.product(there.Id)).toMatchObject({ Name: 'Vare', UnitOfMeasureCode: 'EA' })
  expect(await problemsOf(shop)).toMatchObject([{ code: 'unit.unmapped', tribeId: here.ID }])
  shop.crm.edit(String(here.ID), { Unit: 'hr' })
  await shop.quiet()
  expect(shop.books.product(there.Id)).toMatchObject({ Name: 'Vare, ny', UnitOfMeasureCode: 'HUR' })
  shop.books.editProduct(there.Id, { UnitOfMeasureCode: 'MFU' })
  await shop.poll()
  expect(await problemsOf(shop)).toMatchObject([{ code: 'unit.unmapped' }])
  shop.books.editProduct(there.Id, { UnitOfMeasureCode: 'EA' })
  await shop.poll()
  expect(pairIn(shop).here).toMatchObject({ Unit: { Code: 'pcs' } })
  expect(await problemsOf(shop)).toEqual([])
})

test('a unit that is set back ends the problem that the other side’s edit met, and what is deleted is nobody’s problem', async () => {
  const shop = await aShop({
    seed: (_crm, books) => books.hasProduct({ Name: 'Vare', UnitOfMeasureCode: 'EA' }),
  })
  const { here, there } = pairIn(shop)
  shop.books.editProduct(there.Id, { UnitOfMeasureCode: 'MFU' })
  shop.crm.edit(String(here.ID), { Name: 'Vare, ny' })
  await shop.quiet()
  expect(await problemsOf(shop)).toMatchObject([{ code: 'unit.unmapped', tribeId: here.ID }])
  shop.books.editProduct(there.Id, { UnitOfMeasureCode: 'EA' })
  await shop.poll()
  expect(shop.books.product(there.Id)).toMatchObject({ Name: 'Vare, ny', UnitOfMeasureCode: 'EA' })
  expect(await problemsOf(shop)).toEqual([])

  const id = shop.crm.hasProduct({ Name: 'Minutt', Unit: 'min' })
  await shop.quiet()
  expect(await problemsOf(shop)).toHaveLength(1)
  shop.crm.remove(id, { silent: true })
  await night(shop)
  expect(await problemsOf(shop)).toEqual([])
})

// ── The watch at night ──────────────────────────────────────────────────────

test('a new VAT group in use and a closed account become problems before they bite, and go when they are mapped', async () => {
  const shop = await aShop({ seed: (_crm, books) => books.hasAccount({ AccountNo: 3022, VatCode: '33' }) })
  const rare = shop.crm.has('Datastore_VatGroup', { Name: 'Ny sats', Code: 'NY', Percentage: 12 })
  shop.crm.hasProduct({ Name: 'Inntil videre', Unit: 'pcs', VatGroup: 'NY' })
  shop.books.accounts.put({ ...shop.books.accountNo(3020), IsActive: false }, true)
  await shop.quiet()
  await night(shop)
  const said = (await problemsOf(shop)).map(({ code, message }) => [code, message])
  expect(said).toContainEqual(['vat.unmapped', expect.stringMatching(/"Ny sats" is in use/)])
  expect(said).toContainEqual(['vat.account_gone', expect.stringMatching(/"NO - 12%"/)])
  await night(shop)
  expect((await problemsOf(shop)).length).toBe(said.length)

  await remap(shop, 'vat', {
    [rare]: { powerOfficeVatCode: '33', salesAccountNo: 3022 },
    [vatId(shop, 'NO12')]: { powerOfficeVatCode: '33', salesAccountNo: 3022 },
  })
  expect(await problemsOf(shop)).toEqual([])
  expect(only(shop.books.products())).toMatchObject({ Name: 'Inntil videre', StandardSalesAccount: 3022 })
})

test('an account that was given another VAT code is noticed, and forgotten once it has the old one again', async () => {
  const shop = await aShop()
  const account = shop.books.accountNo(3010)
  shop.books.accounts.put({ ...account, VatCode: '33', VatCodeId: 201633 }, true)
  await night(shop)
  expect(await problemsOf(shop)).toMatchObject([{ code: 'vat.account_gone', kind: 'mapping' }])
  shop.books.accounts.put(account, true)
  await night(shop)
  expect(await problemsOf(shop)).toEqual([])
})

test('what was mended in PowerOffice is noticed on a retry, before the night', async () => {
  const shop = await aShop()
  const account = shop.books.accountNo(3010)
  shop.books.accounts.put({ ...account, IsActive: false }, true)
  await night(shop)
  expect(await problemsOf(shop)).toHaveLength(1)
  shop.books.accounts.put(account, true)
  await shop.api('POST', '/jobs/retry', {})
  await shop.quiet()
  expect(await problemsOf(shop)).toEqual([])
})
