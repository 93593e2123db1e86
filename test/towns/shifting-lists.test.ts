import { expect, test } from 'vitest'
import { PULL, useStreet } from './street'

const begin = useStreet()
const settings = { invoices: { enabled: false } }
const COUNT = 101

test('a customer that moves up in the list of Tribe while a first load reads it is not made a second time', async () => {
  const street = begin()
  const ids: string[] = []
  const tenant = await street.connected({
    settings,
    before: ({ crm, books }) => {
      for (let n = 0; n < COUNT; n++) {
        const Name = `Kunde ${n} AS`
        ids.push(crm.hasCustomer({ organization: { Name, DebtorNumber: String(10_000 + n) } }).roleId)
        books.hasCustomer({ Name, Number: 10_000 + n })
      }
    },
  })
  let isGone = false
  street.town.onCall = ({ host, method, path }) => {
    const isFirstPage = method === 'GET' && /Customer\?.*skip=0(&|$)/.test(decodeURIComponent(path))
    if (isGone || host.startsWith('poweroffice') || !isFirstPage || !/Relationship_Organization/.test(path))
      return
    if (!/top=100/.test(decodeURIComponent(path))) return
    isGone = true
    tenant.crm.remove(String(ids[0]), { silent: true })
  }
  await street.activate(tenant)
  await street.tick(PULL)
  expect(isGone).toBe(true)
  // All but the first, which a user has deleted.
  const names = (tenant.crm.customers() as { Organization: { Name: string } }[]).map(
    ({ Organization }) => Organization.Name,
  )
  expect(names.filter((name) => name === `Kunde ${COUNT - 1} AS`)).toHaveLength(1)
  expect([new Set(names).size, names.length]).toEqual([COUNT - 1, COUNT - 1])
})
