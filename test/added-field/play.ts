import { OPERATOR, RELAY } from '../platform/platform'
import { Town, type TownTenant } from '../platform/town'

/** A day of a company with fields that were added. Of the relay it knows the front door and the ticks alone. */

type Json = Record<string, unknown>

/** What both systems hold of an added field, and what the relay tells of it. */
export interface Seen {
  loaded: unknown
  toPowerOffice: unknown
  toTribe: unknown
  /** As `GET …/records` tells both sides. */
  values: unknown
  /** Timeline: which way a change went, and of which fields. */
  changes: [string, unknown][]
  /** The page of the record in each language, as far as it speaks of fields. */
  pages: Record<string, string>
}

export async function play(): Promise<{ customer: Seen; product: Seen; violations: string[] }> {
  const town = new Town(5)
  try {
    const tenant = await town.addTenant({ settings: { invoices: { enabled: false } } })
    const { crm, books } = tenant
    const customer = books.hasCustomer({ Name: 'Nordvik AS', DoNotAutomatePaymentNotifications: true })
    const product = books.hasProduct({ Name: 'Lampe', Gtin: '7038010001239' })
    await town.waitFor(tenant.mapAsProposed())
    await town.waitFor(tenant.activate())
    await rest(town)
    const role = () => crm.customers()[0] as Json
    const lamp = () => crm.products().find(({ Name }) => Name === 'Lampe') as Json
    const inBooks = {
      customer: () => books.customers()[0]?.DoNotAutomatePaymentNotifications,
      product: () => books.products().find(({ Id }) => Id === product.Id)?.Gtin,
    }
    const loaded = [role().MailingOptOut, lamp().LocalizedName]

    crm.edit(String(role().ID), { MailingOptOut: false })
    crm.edit(String(lamp().ID), { LocalizedName: '7038010009990' })
    await rest(town)
    const toPowerOffice = [inBooks.customer(), inBooks.product()]

    books.editCustomer(customer.Id, { DoNotAutomatePaymentNotifications: true })
    books.editProduct(product.Id, { Gtin: null })
    await rest(town, 30)
    const toTribe = [role().MailingOptOut, lamp().LocalizedName]

    // Nothing tells of this one but the comparison of the night.
    crm.edit(String(lamp().ID), { LocalizedName: '7038010005559' }, { silent: true })
    const of = async (n: number, kind: string, field: string, id: unknown): Promise<Seen> => ({
      loaded: loaded[n],
      toPowerOffice: toPowerOffice[n],
      toTribe: toTribe[n],
      ...(await told(town, tenant, { kind, field, id: String(id) })),
    })
    return {
      customer: await of(0, 'customer', 'noMessages', role().ID),
      product: await of(1, 'product', 'gtin', lamp().ID),
      violations: town.violations(),
    }
  } finally {
    town.platform.close()
  }
}

async function rest(town: Town, minutes = 1): Promise<void> {
  await town.quiet()
  await town.passMinutes(minutes)
  await town.tick('*/15 * * * *')
  await town.quiet()
}

async function told(
  town: Town,
  tenant: TownTenant,
  { kind, field, id }: { kind: string; field: string; id: string },
): Promise<Pick<Seen, 'values' | 'changes' | 'pages'>> {
  const query = `kind=${kind}&tribeId=${id}`
  const { timeline, fields } = await town.waitFor(tenant.api('GET', `/records?${query}&values=true`))
  const seen = (fields as Json[]).find((one) => one.field === field)
  const pages = ['en', 'nb', 'nl'].map(async (language): Promise<[string, string]> => {
    const open = (path: string, init: RequestInit) =>
      town.waitFor(town.platform.fetch(new Request(`${RELAY}${path}`, { redirect: 'manual', ...init })))
    const login = await open('/console/login', {
      method: 'POST',
      body: new URLSearchParams({ token: OPERATOR, back: '/console' }).toString(),
      headers: { origin: RELAY, 'content-type': 'application/x-www-form-urlencoded' },
    })
    const cookies = [
      ...login.headers.getSetCookie().map((one) => one.split(';')[0]),
      `relay_language=${language}`,
    ]
    const page = await open(`/console/tenants/${tenant.id}/records/${kind}/tribe/${id}`, {
      headers: { cookie: cookies.join('; ') },
    })
    return [language, await page.text()]
  })
  return {
    values: [seen?.tribe, seen?.powerOffice, seen?.next],
    changes: (timeline as Json[])
      .filter(({ event }) => String(event).startsWith('updated-'))
      .map(({ event, details }) => [String(event), (details as Json).fields]),
    pages: Object.fromEntries(await Promise.all(pages)),
  }
}
