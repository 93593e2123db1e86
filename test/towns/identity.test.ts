import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { OPERATOR } from '../platform/platform'
import { Town, type TownTenant } from '../platform/town'

/** A tenant serves one organisation of Tribe and one client of PowerOffice, and no other tenant serves either. */

let town: Town
beforeEach(() => {
  town = new Town(5)
})
afterEach(() => town.platform.close())

const RELATIONS_ALONE = {
  products: { enabled: false },
  invoices: { enabled: false },
  payments: { enabled: false },
}

/** A company with three customers on both sides. */
async function aCompany(): Promise<TownTenant> {
  const acme = await town.addTenant({ settings: RELATIONS_ALONE })
  for (const Name of ['Alfa AS', 'Beta AS', 'Gamma AS']) acme.books.hasCustomer({ Name })
  await town.waitFor(acme.activate())
  await quiet()
  return acme
}
async function quiet(): Promise<void> {
  expect(await town.quiet()).toBeNull()
}
async function night(): Promise<void> {
  await town.tick('30 2 * * *')
  await quiet()
  await town.tick('*/15 * * * *')
  await quiet()
}
/** What the front door answers, refusals too. */
async function ask(tenant: TownTenant, method: string, path: string, body: object): Promise<string> {
  const answer = await town.waitFor(town.api(OPERATOR, method, `/api/tenants/${tenant.id}${path}`, body))
  return answer.status === 200 ? 'taken' : `${answer.status} ${answer.body.error.code}`
}
const putKey = (tenant: TownTenant, clientKey: string) => ask(tenant, 'PUT', '/poweroffice', { clientKey })
const putTribe = (tenant: TownTenant, { clientId, clientSecret }: TownTenant['crm']) =>
  ask(tenant, 'PUT', '/tribe', { clientId, clientSecret })
const linksOf = async (tenant: TownTenant) => (await town.waitFor(tenant.api('GET', '/status'))).links
const namesIn = ({ books }: TownTenant) => books.customers().map(({ Name }) => Name)
const strangers = () => town.powerOffice.addClient({ name: 'Fremmed AS', writeMs: 0 })

describe('a tenant that is at work', () => {
  test('keeps its client: the key of another one is refused, and what is linked stays linked', async () => {
    const acme = await aCompany()
    const other = strangers()
    // The ids of both clients overlap, as they do in PowerOffice's demos.
    for (const Name of ['Xi AS', 'Ypsilon AS', 'Zeta AS']) other.hasCustomer({ Name })
    expect(other.customers().map(({ Id }) => Id)).toEqual(acme.books.customers().map(({ Id }) => Id))

    expect(await putKey(acme, other.clientKey)).toBe('422 poweroffice.other_client')
    await night()
    expect(await linksOf(acme)).toMatchObject({ customer: 3 })
    expect(acme.problems()).toEqual([])
    expect(town.powerOffice.dataCallsOf(other).map(({ path }) => path)).toEqual([
      '/v2/ClientIntegrationInformation',
    ])

    expect(await putKey(acme, acme.books.clientKey)).toBe('taken')
    const [alfa] = acme.books.customers()
    acme.books.editCustomer(alfa?.Id ?? 0, { EmailAddress: 'post@alfa.example' })
    const beta = acme.crm.customers().find((role) => organization(role).Name === 'Beta AS')
    acme.crm.edit(String(organization(beta).ID), { PhoneNumber: '22 33 44 55' })
    await night()
    expect(await linksOf(acme)).toMatchObject({ customer: 3 })
    const here = acme.crm.customers().map((role) => organization(role))
    expect(here.find(({ Name }) => Name === 'Alfa AS')?.EmailAddress).toBe('post@alfa.example')
    const there = acme.books.customers().find(({ Name }) => Name === 'Beta AS')
    expect(String(there?.PhoneNumber).replace(/\s/g, '')).toBe('22334455')
    expect(other.customers().map(({ Name }) => Name)).toEqual(['Xi AS', 'Ypsilon AS', 'Zeta AS'])
    expect(town.violations()).toEqual([])
  })

  test('takes a new key of the same client, and works with it alone', async () => {
    const acme = await aCompany()
    const key = acme.books.addKey()
    expect(await putKey(acme, key)).toBe('taken')
    acme.books.quirks.clientIdShown = 'capitals'
    expect(await putKey(acme, acme.books.addKey())).toBe('taken')
    acme.books.hasCustomer({ Name: 'Delta AS' })
    await night()
    expect(await linksOf(acme)).toMatchObject({ customer: 4 })
  })

  test.each(['paused', 'without a link', 'in its first load'] as const)(
    'keeps its client when it is %s',
    async (how) => {
      const acme = await town.addTenant({ settings: RELATIONS_ALONE })
      const other = strangers()
      other.hasCustomer({ Name: 'Fremmed kunde AS' })
      if (how !== 'without a link')
        for (let n = 1; n <= 40; n++) acme.books.hasCustomer({ Name: `Kunde ${n} AS` })
      await town.waitFor(acme.activate())
      if (how !== 'in its first load') await quiet()
      if (how === 'paused') await town.waitFor(acme.api('POST', '/pause'))
      expect(await putKey(acme, other.clientKey)).toBe('422 poweroffice.other_client')
      await quiet()
      expect(acme.crm.customers()).toHaveLength(how === 'without a link' ? 0 : 40)
    },
  )

  test('keeps its Tribe, whether the other one holds records or not', async () => {
    const acme = await aCompany()
    const other = town.tribe.addEnvironment()
    expect(await putTribe(acme, other)).toBe('422 tribe.other_organization')
    expect(await putTribe(acme, acme.crm)).toBe('taken')
    await night()
    expect(await linksOf(acme)).toMatchObject({ customer: 3 })
  })
})

describe('a tenant that is being set up', () => {
  test('may turn to another client, and nothing of the first one is left: lists, mappings, preview', async () => {
    const acme = await town.addTenant({ settings: {} })
    const other = town.powerOffice.addClient({ name: 'Den rette AS', writeMs: 0 })
    acme.crm.hasCustomer({ organization: { Name: 'Bare i Tribe AS' } })
    acme.books.hasCustomer({ Name: 'Feil klient AS' })
    other.hasCustomer({ Name: 'Rett kunde AS' })
    other.hasAccount({ AccountNo: 3777, VatCode: '3' })
    await town.waitFor(acme.mapAsProposed())
    await town.waitFor(acme.api('POST', '/preview'))
    await quiet()
    const [customer] = acme.books.customers()
    const decision = { kind: 'customer', powerOfficeId: String(customer?.Id), action: 'leave' }
    await town.waitFor(acme.api('PUT', '/preview/decisions', { decisions: [decision] }))
    await town.waitFor(acme.api('POST', '/preview'))

    expect(await putKey(acme, other.clientKey)).toBe('taken')
    await quiet()
    expect((await town.waitFor(acme.api('GET', '/preview'))).state).toBe('none')
    expect((await town.waitFor(acme.api('GET', '/mappings/vat'))).mappings).toEqual([])
    const { powerOffice } = await town.waitFor(acme.api('GET', '/lookups'))
    const accounts = powerOffice.salesAccounts.map(({ accountNo }: { accountNo: number }) => accountNo)
    expect(accounts).toContain(3777)

    await town.waitFor(acme.mapAsProposed())
    await town.waitFor(acme.activate())
    await quiet()
    // It has the id of the one that was to be left in the other client.
    expect(acme.crm.customers().map((role) => organization(role).Name)).toContain('Rett kunde AS')
    expect(acme.crm.customers().map((role) => organization(role).Name)).not.toContain('Feil klient AS')
    expect(namesIn(acme)).toEqual(['Feil klient AS'])
  })

  test('may turn to another organisation of Tribe', async () => {
    const acme = await town.addTenant({ settings: RELATIONS_ALONE })
    const other = town.tribe.addEnvironment()
    expect(await putTribe(acme, other)).toBe('taken')
    acme.books.hasCustomer({ Name: 'Alfa AS' })
    await town.waitFor(acme.activate())
    await quiet()
    expect(other.customers()).toHaveLength(1)
    expect(acme.crm.customers()).toHaveLength(0)
  })

  test('is told when nothing says which client a key belongs to', async () => {
    const acme = await town.addTenant({ settings: RELATIONS_ALONE })
    const other = strangers()
    other.quirks.clientIdShown = 'none'
    // Its organisation's id stands for it.
    expect(await putKey(acme, other.clientKey)).toBe('taken')
    other.setPrivileges(['Customer_Full'])
    expect(await putKey(acme, other.clientKey)).toBe('422 poweroffice.identity_unclear')
  })
})

describe('what another tenant of the relay holds', () => {
  test('is refused: its client by a key, its organisation by credentials and by a new tenant', async () => {
    const acme = await aCompany()
    const bravo = await town.addTenant({ settings: RELATIONS_ALONE })
    expect(await putKey(bravo, acme.books.addKey())).toBe('422 poweroffice.client_taken')
    expect(await putTribe(bravo, acme.crm)).toBe('422 tribe.organization_taken')
    const { clientId, clientSecret } = acme.crm
    const asked = { name: 'Fjordlys AS', tribe: { clientId, clientSecret } }
    const answer = await town.waitFor(town.api(OPERATOR, 'POST', '/api/tenants', asked))
    expect([answer.status, answer.body.error.code]).toEqual([422, 'tribe.organization_taken'])
    for (const text of [acme.id, 'Fjordlys']) expect(JSON.stringify(answer.body)).not.toContain(text)
    expect((await town.waitFor(bravo.api('GET', ''))).connections.powerOffice).toBe(bravo.books.name)
    await night()
    expect(await linksOf(acme)).toMatchObject({ customer: 3 })
  })

  test('is given to one of two that ask at once', async () => {
    const acme = await town.addTenant({ settings: RELATIONS_ALONE })
    const bravo = await town.addTenant({ settings: RELATIONS_ALONE })
    const wanted = strangers()
    const answers = await Promise.all([acme, bravo].map((tenant) => putKey(tenant, wanted.clientKey)))
    expect(answers.sort()).toEqual(['422 poweroffice.client_taken', 'taken'])

    const { clientId, clientSecret } = town.tribe.addEnvironment()
    const asked = { name: 'Fjordlys AS', tribe: { clientId, clientSecret } }
    const made = await Promise.all(
      [1, 2].map(() => town.waitFor(town.api(OPERATOR, 'POST', '/api/tenants', asked))),
    )
    expect(made.map(({ status }) => status).sort()).toEqual([201, 422])
  })

  test('is free once that tenant is deleted', async () => {
    const acme = await aCompany()
    const bravo = await town.addTenant({ settings: RELATIONS_ALONE })
    await town.waitFor(acme.api('DELETE', ''))
    town.tenants.splice(town.tenants.indexOf(acme), 1)
    expect(await putKey(bravo, acme.books.clientKey)).toBe('taken')
    expect(await putTribe(bravo, acme.crm)).toBe('taken')
  })
})

const organization = (role: Record<string, unknown> | undefined) =>
  (role?.Organization ?? {}) as Record<string, unknown>
