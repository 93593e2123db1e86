import { describe, expect, test } from 'vitest'
import { type Company, useCompany } from './company'

const open = useCompany({ invoices: { mode: 'draft' } })
const KINDS = ['customer', 'supplier', 'contactPerson', 'product'] as const
type Kind = (typeof KINDS)[number]

interface There {
  Id: number
  PhoneNumber?: string | null
  Description?: string | null
}

/** So many records of a kind in both systems, and what users of either can do with them. */
async function several(company: Company, kind: Kind, count: number) {
  const { crm, books } = company.tenant
  const home = crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
  const make: Record<Kind, (n: number) => { id: string; holder: string }> = {
    customer: (n) => {
      const made = crm.hasCustomer({ organization: { Name: `Kunde ${n} AS` } })
      return { id: made.roleId, holder: made.organizationId }
    },
    supplier: (n) => {
      const made = crm.hasSupplier({ organization: { Name: `Verktøy ${n} AS` } })
      return { id: made.roleId, holder: made.organizationId }
    },
    contactPerson: (n) => {
      const person = { FirstName: `Ola ${n}`, LastName: 'Lund' }
      const made = crm.hasContact({ organizationId: home.organizationId, person })
      return { id: made.contactId, holder: made.contactId }
    },
    product: (n) => {
      const id = crm.hasProduct({ Name: `Time ${n}`, Code: `T${n}` })
      return { id, holder: id }
    },
  }
  const made = Array.from({ length: count }, (_, n) => make[kind](n))
  await company.quiet()
  const rows: Record<Kind, () => There[]> = {
    customer: () => books.customers(),
    supplier: () => books.suppliers(),
    contactPerson: () => books.contactPersons(),
    product: () => books.products(),
  }
  const edit: Record<Kind, (id: number, text: string) => void> = {
    customer: (id, PhoneNumber) => void books.editCustomer(id, { PhoneNumber }),
    supplier: (id, PhoneNumber) => void books.editSupplier(id, { PhoneNumber }),
    contactPerson: (id, PhoneNumber) => void books.editContactPerson(id, { PhoneNumber }),
    product: (id, Description) => void books.editProduct(id, { Description }),
  }
  const member = kind === 'product' ? 'Description' : 'PhoneNumber'
  const thereOf = (id: string) =>
    Number(company.links(kind).find(({ tribeId }) => tribeId === id)?.powerOfficeId)
  return made.map(({ id, holder }) => {
    const powerOfficeId = thereOf(id)
    return {
      id,
      powerOfficeId,
      editThere: (text: string) => edit[kind](powerOfficeId, text),
      editHere: (text: string) => crm.edit(holder, { [member]: text }),
      here: () => crm.get(holder)?.[member],
      there: () => rows[kind]().find(({ Id }) => Id === powerOfficeId)?.[member],
    }
  })
}

const questions = (company: Company) =>
  company.tenant.problems().filter((problem) => problem.includes('records.many_vanished'))
const statesOf = (company: Company, kind: string) => [
  ...new Set(company.links(kind).map(({ state }) => state)),
]

describe('many that vanish at once stay linked, a person is asked once, and all travels when they are back', () => {
  test.each(KINDS)('three of five: %s, that Tribe does not show', async (kind) => {
    const company = await open()
    const { crm } = company.tenant
    const all = await several(company, kind, 5)
    const hidden = all.slice(0, 3)
    for (const { id } of hidden) crm.hide(id)
    for (const [n, one] of hidden.entries()) one.editThere(`11 11 11 1${n}`)
    await company.poll()
    expect(questions(company)).toHaveLength(1)
    await company.night()
    expect(statesOf(company, kind)).toEqual(['linked'])
    expect(questions(company)).toHaveLength(1)

    for (const { id } of hidden) crm.hide(id, false)
    await company.poll()
    expect(questions(company)).toEqual([])
    await company.night()
    expect(hidden.map((one) => one.here())).toEqual(hidden.map((_, n) => `11 11 11 1${n}`))
    for (const [n, one] of hidden.entries()) one.editHere(`22 22 22 2${n}`)
    await company.quiet()
    expect(hidden.map((one) => one.there())).toEqual(hidden.map((_, n) => `22 22 22 2${n}`))
    expect(company.links(kind).length).toBe(kind === 'customer' ? 6 : 5)
    expect(company.tenant.problems()).toEqual([])
    expect(company.town.violations()).toEqual([])
  })

  test.each(KINDS)('three of five: %s, that PowerOffice does not show', async (kind) => {
    const company = await open()
    const { books } = company.tenant
    const all = await several(company, kind, 5)
    const hidden = all.slice(0, 3)
    for (const { powerOfficeId } of hidden) books.hide(powerOfficeId)
    for (const [n, one] of hidden.entries()) one.editHere(`11 11 11 1${n}`)
    await company.poll()
    expect(questions(company)).toHaveLength(1)
    await company.night()
    expect(statesOf(company, kind)).toEqual(['linked'])

    for (const { powerOfficeId } of hidden) books.hide(powerOfficeId, false)
    await company.poll()
    expect(questions(company)).toEqual([])
    await company.night()
    expect(hidden.map((one) => one.there())).toEqual(hidden.map((_, n) => `11 11 11 1${n}`))
    expect(company.links(kind).length).toBe(kind === 'customer' ? 6 : 5)
    expect(company.tenant.problems()).toEqual([])
    expect(company.town.violations()).toEqual([])
  })

  test('invoices that Tribe does not show', async () => {
    const company = await open()
    const { crm, books } = company.tenant
    const { roleId } = crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
    const ids = Array.from({ length: 5 }, () => crm.hasInvoice({ roleId }))
    for (const id of ids) crm.sendInvoice(id)
    await company.quiet()
    for (const id of ids.slice(0, 3)) crm.hide(id)
    await company.poll()
    await company.night()
    expect(statesOf(company, 'invoice')).toEqual(['linked'])
    expect(company.tenant.problems()).toHaveLength(1)
    expect(questions(company)).toHaveLength(1)
    for (const id of ids.slice(0, 3)) crm.hide(id, false)
    await company.poll()
    await company.night()
    expect(company.tenant.problems()).toEqual([])
    expect(books.orders.all()).toHaveLength(5)
  })

  test('drafts of invoices that PowerOffice does not have any more', async () => {
    const company = await open()
    const { crm, books } = company.tenant
    const { roleId } = crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
    const ids = Array.from({ length: 5 }, () => crm.hasInvoice({ roleId }))
    for (const id of ids) crm.sendInvoice(id)
    await company.quiet()
    for (const { powerOfficeId } of company.links('invoice').slice(0, 3)) books.deleteDraft(powerOfficeId)
    await company.night()
    expect(statesOf(company, 'invoice')).toEqual(['linked'])
    expect(questions(company)).toHaveLength(1)
    await company.town.waitFor(company.tenant.api('POST', '/jobs/retry', { code: 'records.many_vanished' }))
    await company.quiet()
    expect(company.links('invoice').filter(({ state }) => state === 'poweroffice-gone')).toHaveLength(3)
    expect(questions(company)).toEqual([])
  })
})

test('thirty that are gone cost a few looks, and come apart once a person says so, by no other "try again"', async () => {
  const company = await open()
  const { crm, books } = company.tenant
  const all = await several(company, 'customer', 60)
  const gone = all.slice(0, 30)
  for (const { id } of gone) crm.remove(id, { silent: true })
  const since = company.town.calls.length
  await company.night()
  const looks = company.town.calls.slice(since).filter(({ path }) => gone.some(({ id }) => path.includes(id)))
  expect(looks.length).toBeLessThanOrEqual(25)
  expect(questions(company).join()).toContain('30 of 61')
  await company.town.waitFor(company.tenant.api('POST', '/jobs/retry', {}))
  await company.night()
  expect(questions(company)).toHaveLength(1)
  expect(statesOf(company, 'customer')).toEqual(['linked'])

  await company.town.waitFor(company.tenant.api('POST', '/jobs/retry', { code: 'records.many_vanished' }))
  await company.night()
  expect(questions(company)).toEqual([])
  expect(company.links('customer').filter(({ state }) => state === 'tribe-gone')).toHaveLength(30)
  expect(books.customers()).toHaveLength(61)
})

test('two of many that are deleted come apart as ever', async () => {
  const company = await open()
  const { crm } = company.tenant
  const all = await several(company, 'customer', 5)
  for (const { id } of all.slice(0, 2)) crm.remove(id)
  await company.quiet()
  expect(company.links('customer').filter(({ state }) => state === 'tribe-gone')).toHaveLength(2)
  expect(company.tenant.problems()).toEqual([])
})
