import { expect, test } from 'vitest'
import { companies, people } from '../fakes/data/companies'
import { countedByD1 } from '../platform/counted-d1'
import type { Asked } from '../platform/d1'
import { type Bookkeeping, PAYMENTS, POLL, useBookkeeping } from './bookkeeping'

/** What a poll costs that finds nothing new, of a company with a thousand records. */
const begin = useBookkeeping()

async function loaded(kit: Bookkeeping) {
  return kit.tenant({
    tribe: { echo: false, requestsPerMinute: 100_000 },
    before: ({ books }) => {
      const ids = companies(400).map(({ name }) => books.hasCustomer({ Name: name }).Id)
      for (const { name } of companies(200, 9)) books.hasSupplier({ Name: name })
      for (const [index, { firstName, lastName }] of people(200).entries())
        books.hasContactPerson(ids[index] as number, { FirstName: firstName ?? '-', LastName: lastName })
      for (let number = 0; number < 200; number++) books.hasProduct({ Name: `Product ${number}` })
    },
  })
}

/** What D1 is asked, and which of it reads a table from its beginning. */
async function askedOfD1(kit: Bookkeeping, run: () => Promise<void>) {
  const { platform } = kit.town
  const asked: Asked[] = []
  platform.onQuery = (_, statements) => asked.push(...statements)
  await run()
  platform.onQuery = () => undefined
  const whole = asked
    .filter(({ query }) => /^(select|update|delete)/i.test(query))
    .flatMap(({ query }) => platform.database.prepare(`explain query plan ${query}`).all())
    .map(({ detail }) => String(detail))
    .filter((detail) => /^SCAN (?!json_each)/.test(detail))
  return { asked, whole }
}

const aQuarter = async (kit: Bookkeeping, ...crons: string[]) => {
  await kit.tick(...crons)
  await kit.town.passMinutes(15)
}

test('a poll without news reads fifty rows of D1 at most, in eight statements', async () => {
  const kit = begin()
  await loaded(kit)
  await aQuarter(kit, POLL)
  await aQuarter(kit, POLL)
  const { asked, whole } = await askedOfD1(kit, () => aQuarter(kit, POLL))

  // By the count of a real D1, which needs real time: what it answers is not what it has read.
  kit.town.platform.close()
  const { statements, read } = await countedByD1(kit.town.platform.database, asked)
  expect(statements).toBeLessThanOrEqual(8)
  expect(read).toBeLessThanOrEqual(50)
  // The tick reads the list of tenants, once for all of them.
  expect(whole.filter((detail) => !detail.startsWith('SCAN tenants '))).toEqual([])
})

test('what changes after quiet hours is still seen by the next poll, and so is what changes after that', async () => {
  const kit = begin()
  const tenant = await loaded(kit)
  const { crm, books } = tenant
  for (let quarter = 0; quarter < 4; quarter++) await aQuarter(kit, POLL, PAYMENTS)
  const [first, second] = books.customers()
  books.editCustomer(Number(first?.Id), { EmailAddress: 'first@example.com' })
  await aQuarter(kit, POLL)
  books.editCustomer(Number(second?.Id), { EmailAddress: 'second@example.com' })
  await aQuarter(kit, POLL)

  const mails = (crm.customers() as { Organization: { EmailAddress?: string } }[]).map(
    ({ Organization }) => Organization.EmailAddress,
  )
  expect(mails).toEqual(expect.arrayContaining(['first@example.com', 'second@example.com']))
})
