import { expect, test } from 'vitest'
import { POLL, useCompany } from './company'

const open = useCompany({ invoices: { enabled: false } })

test('a list of Tribe that is five seconds old is no edit: what PowerOffice changed is not taken back', async () => {
  const company = await open()
  const { crm, books } = company.tenant
  const ids = [1, 2, 3, 4].map(
    (n) => crm.hasCustomer({ organization: { Name: `Kunde ${n} AS` } }).organizationId,
  )
  const product = crm.hasProduct({ Name: 'Time', Code: 'T1', Description: 'Gammel' })
  await company.quiet()
  crm.options.echo = false
  for (let round = 1; round <= 5; round++) {
    await company.town.passMinutes(20)
    crm.lagLists(5000)
    // A user touches each, so that the poll shows it, and the bookkeeper changes something else meanwhile.
    for (const id of ids) crm.edit(id, { PhoneNumber: `22 22 22 2${round}` }, { silent: true })
    crm.edit(product, { Code: `T${round + 1}` }, { silent: true })
    await company.town.passMinutes(1)
    for (const { Id } of books.customers())
      books.editCustomer(Id, { EmailAddress: `ny${round}@kunde.example` })
    for (const { Id } of books.products()) books.editProduct(Id, { Description: `Ny ${round}` })
    await company.town.tick(POLL)
    await company.quiet()
    expect(books.customers().map(({ EmailAddress }) => EmailAddress)).toEqual(
      ids.map(() => `ny${round}@kunde.example`),
    )
    expect(ids.map((id) => crm.get(id)?.EmailAddress)).toEqual(ids.map(() => `ny${round}@kunde.example`))
    expect(books.products()[0]?.Description).toBe(`Ny ${round}`)
    expect(crm.get(product)?.Description).toBe(`Ny ${round}`)
    crm.lagLists(0)
  }
  expect(company.town.violations()).toEqual([])
})

test('what a list still shows and a user has deleted since is not made in PowerOffice', async () => {
  const company = await open()
  const { crm, books } = company.tenant
  const { organizationId } = crm.hasCustomer({ organization: { Name: 'Feil AS' }, silent: true })
  const product = crm.hasProduct({ Name: 'Feil', Code: 'F1' }, { silent: true })
  await company.town.passMinutes(1)
  crm.edit(organizationId, { PhoneNumber: '1' }, { silent: true })
  await company.town.passMinutes(14)
  crm.lagLists(60_000)
  crm.hide(product)
  for (const { ID } of crm.customers()) crm.hide(String(ID))
  await company.town.tick(POLL)
  await company.quiet()
  expect(books.customers()).toEqual([])
  expect(books.products()).toEqual([])
})
