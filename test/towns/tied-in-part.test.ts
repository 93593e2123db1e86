import { expect, test } from 'vitest'
import { useStreet } from './street'

const begin = useStreet()

/**
 * A pair that an admin ties, or makes whole again, and of which one field cannot be sent: the rest is done, and what is left
 * is told of the record itself. It goes with the record, and what was done by hand is not done again for it.
 */
test.each(['relink', 'recreate'])(
  '%s of a customer whose address is no e-mail: told until it is one',
  async (act) => {
    const street = begin()
    const tenant = await street.tenant({
      settings: { invoices: { enabled: false }, products: { enabled: false } },
      before: ({ books }) => void books.hasCustomer({ Name: 'Nordlys AS', PhoneNumber: '22 33 44 55' }),
    })
    const { crm, books } = tenant
    const [role] = crm.customers() as { ID: string; Organization: { ID: string } }[]
    const tribeId = String(role?.ID)
    const powerOfficeId = String(books.customers()[0]?.Id)
    if (act === 'recreate') {
      books.deleteCustomer(Number(powerOfficeId))
      await street.tick('30 2 * * *')
      await street.town.passMinutes(5)
    }
    crm.edit(String(role?.Organization.ID), { EmailAddress: 'post at nordlys' })
    await street.quiet()
    const ids = act === 'relink' ? { tribeId, powerOfficeId } : { tribeId }
    await street.town.waitFor(tenant.api('POST', `/records/${act}`, { kind: 'customer', ...ids }))
    await street.quiet()
    expect(tenant.problems()).toEqual([expect.stringMatching(/^customer tribe:.*relation\.email_invalid/)])

    crm.edit(String(role?.Organization.ID), { EmailAddress: 'post@nordlys.example' })
    await street.quiet()
    expect(tenant.problems()).toEqual([])
    expect(books.customers()).toMatchObject([{ EmailAddress: 'post@nordlys.example' }])
    expect(street.town.violations()).toEqual([])
  },
)
