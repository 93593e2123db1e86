import { type KindName, type Stricken, strike, type Where } from '../fakes/catalogue'
import { Town, type TownTenant } from '../platform/town'

/**
 * Some hours at a company, and one kind of trouble in the midst of them: customers and products are made and
 * changed on both sides, an invoice is sent and paid. In the end all of it has come through.
 */
export interface End {
  struck: number
  /** What is never so, whatever went wrong: empty. */
  wrong: string[]
  problems: string[]
  story: string[]
}

export async function aNightWith(name: KindName, where: Where = {}): Promise<End> {
  const town = new Town(11, '2026-03-02T23:20:00Z')
  try {
    return await live(town, name, where)
  } catch (thrown) {
    console.error(town.story.slice(-80).join('\n'))
    throw thrown
  } finally {
    town.platform.close()
  }
}

async function live(town: Town, name: KindName, where: Where): Promise<End> {
  const hasPapers = OF_PAPERS.includes(name)
  const tenant = await town.addTenant({
    settings: {
      invoices: hasPapers ? { mode: 'send', attachments: 'all', delivery: 'rule' } : { mode: 'book' },
    },
    tribe: { customFields: OWN_FIELDS },
  })
  const { crm, books } = tenant
  await town.waitFor(tenant.mapAsProposed())
  for (let n = 1; n <= 6; n++) books.hasCustomer({ Name: `Bok ${n} AS` })
  town.platform.startCron(1)
  await town.waitFor(tenant.activate())
  // The one that is worst in the middle of a first load. An activation that it cuts off is answered 503, to be tried again.
  const early = name === 'deploy' ? strike(name, strickenOf(town, tenant), where) : null
  await town.passMinutes(5)
  const trouble = early ?? strike(name, strickenOf(town, tenant), where)
  const reached = hasPapers ? { FinancialEmailAddress: 'faktura@tribe.example' } : {}
  const { roleId, organizationId } = crm.hasCustomer({
    organization: { Name: 'Tribe 1 AS', ...reached, ...(hasPapers ? { VATNumber: '923609016' } : {}) },
  })
  crm.hasCustomer({ organization: { Name: 'Tribe 2 AS', ...reached } })
  books.hasCustomer({ Name: 'Bok 7 AS' })
  const product = crm.hasProduct({ Name: 'Time', Code: 'T1', SalesPrice: 1000 })
  await town.passMinutes(30)
  crm.edit(organizationId, { PhoneNumber: '22 33 44 55' })
  const [known] = books.customers()
  if (known) books.editCustomer(known.Id, { EmailAddress: 'post@bok.example' })
  const invoice = crm.hasInvoice({ roleId, lines: [{ product, quantity: 2 }] })
  crm.sendInvoice(invoice)
  await town.passMinutes(75)
  const struck = trouble.struck()
  trouble.lift()
  await mended(town, tenant)

  await town.passMinutes(30)
  const [posted] = books.postedInvoices()
  if (posted) books.receivePayment(posted.Id, posted.TotalAmount)
  // Over the nightly comparison; then payments, which are otherwise looked at by four, and the poll after them.
  await town.passMinutes(65)
  await town.tick('0 */4 * * *')
  await town.passMinutes(15)
  const stuck = [(await town.quiet(10)) ?? '']
  const wrong = [
    ...stuck.filter(Boolean),
    ...differences(tenant, invoice),
    ...papersOf(name, tenant, invoice),
    ...notes(name, town, tenant),
  ]
  return { struck, wrong, problems: tenant.problems(), story: town.story }
}

/** What befalls only a company that lets papers travel, and PowerOffice deliver. */
const OF_PAPERS: readonly KindName[] = ['zip-broken', 'attachment-refused', 'elma-refuses']

/** Each paper is where it belongs once; PowerOffice's comes at leisure. */
function papersOf(name: KindName, { crm, books }: TownTenant, invoice: string): string[] {
  if (!OF_PAPERS.includes(name)) return []
  const [posted] = books.postedInvoices()
  const is = {
    files: books.filesOn(String(posted?.Id)).map((file) => file.name),
    inTribe: crm.filesOn(invoice).map((file) => file.name),
    deliveries: books
      .customers()
      .filter(({ Name }) => String(Name).startsWith('Tribe'))
      .sort((a, b) => String(a.Name).localeCompare(String(b.Name)))
      .map(({ InvoiceDeliveryType }) => InvoiceDeliveryType),
  }
  const wanted: typeof is = {
    files: name === 'attachment-refused' ? [] : ['2026-0001.pdf'],
    inTribe: ['2026-0001.pdf', `PowerOffice ${posted?.InvoiceNo}.pdf`],
    deliveries: [name === 'elma-refuses' ? 'PdfByEmail' : 'EHF', 'PdfByEmail'],
  }
  const [told, right] = [JSON.stringify(is), JSON.stringify(wanted)]
  return told === right ? [] : [`papers: ${told}, not ${right}`]
}

/** A custom field that an admin of Tribe may do something to. */
const OWN_FIELD = { type: 'Relation_Organization', name: 'a4d81060__844e__4c5e__9d0b__1c2d3e4f5a6b' }
/** A Tribe that has it. */
export const OWN_FIELDS = { [OWN_FIELD.type]: { [OWN_FIELD.name]: 'string' as const } }

const DELETED = 'Bok 5 AS'

/** An admin has put right what needed an admin. */
export async function mended(town: Town, tenant: TownTenant): Promise<void> {
  if (tenant.facts.get('reconnect')) await town.waitFor(tenant.api('POST', '/jobs/retry', {}))
  // Whoever reads of a file that did not come along has put it there by hand.
  await town.waitFor(tenant.api('POST', '/jobs/retry', { code: 'invoice.attachment_refused' }))
}

export function strickenOf(town: Town, tenant: TownTenant): Stricken {
  const { tribe, powerOffice, platform } = town
  const { crm, books } = tenant
  let made = 0
  const insert = () => {
    if (made++ < 3) books.hasCustomer({ Name: `Innimellom ${made} AS` })
  }
  const edit = () => {
    const last = books.customers().at(-1)
    if (last && made++ < 3) books.editCustomer(last.Id, { EmailAddress: `ny${made}@bok.example` })
  }
  const remove = () => {
    const last = books.customers().find((one) => one.Name === DELETED)
    if (last) books.deleteCustomer(last.Id)
  }
  return {
    tribe,
    crm,
    powerOffice,
    books,
    users: { insert, edit, remove },
    field: OWN_FIELD,
    employeeId: books.hasEmployee({ EmailAddress: 'liv@bok.example' }).Id,
    ground: {
      d1: platform.d1,
      reset: () => tenant.object.reset(),
      loseAlarm: () => tenant.object.loseAlarm(),
      throwAlarms: (count) => {
        tenant.object.alarmsToThrow += count
      },
      deploy: () => platform.deploy(),
    },
  }
}

function differences({ crm, books }: TownTenant, invoice: string): string[] {
  const there = books.customers()
  const here = crm.customers().map((role) => (role.Organization ?? {}) as Record<string, unknown>)
  // What is deleted in the books stays in Tribe.
  const names = (list: unknown[]) =>
    list
      .map(String)
      .filter((name) => name !== DELETED)
      .sort()
      .join(', ')
  const email = here.find(({ Name }) => Name === 'Bok 1 AS')?.EmailAddress
  const posted = books.postedInvoices().map(({ TotalAmount }) => TotalAmount)
  const told = {
    'the customers': [names(here.map(({ Name }) => Name)), names(there.map(({ Name }) => Name))],
    'how many': [new Set(there.map(({ Name }) => Name)).size, there.length],
    'the phone number': [there.find(({ Name }) => Name === 'Tribe 1 AS')?.PhoneNumber, '22334455'],
    'the address for e-mail': [email, 'post@bok.example'],
    'the products': [names(books.products().map(({ Code }) => Code)), 'T1'],
    'the vouchers': [names([...posted, ...books.salesOrders().map(({ Id }) => Id)]), '2500'],
    'the payments': [names(crm.all('Payment').map(({ Amount }) => Amount)), '2500'],
    'the phase': [crm.phaseOf(invoice), 'Paid'],
  }
  return Object.entries(told).flatMap(([what, [is, wanted]]) =>
    String(is).replace(/\s/g, '') === String(wanted).replace(/\s/g, '')
      ? []
      : [`${what}: ${is}, not ${wanted}`],
  )
}

/** What the systems noted. What was done just before it was cut off may not show yet, and is done again without harm. */
const notes = (name: KindName, town: Town, tenant: TownTenant): string[] =>
  town
    .violations()
    .filter(
      (line) =>
        (tenant.object.lives === 1 && name !== 'late') || !/needless write|changes nothing/.test(line),
    )
