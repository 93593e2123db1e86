/** What is shown, step by step, and checked while it is shown. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Screen } from './screen'
import { REQUESTS_PER_SECOND, type Systems } from './systems'

export interface Stage {
  screen: Screen
  systems: Systems
  url: string
  operatorToken: string
}

const PATIENCE_MS = Number(process.env.PATIENCE_MS ?? 45_000)
const QUARTER_HOURLY = '*/15 * * * *'
const FOUR_HOURLY = '0 */4 * * *'

/** Throws as soon as something is not as it should be. */
export async function showIt(stage: Stage): Promise<{ id: string; token: string }> {
  const { screen, systems } = stage
  const startedAt = Date.now()
  const relay = await company(stage)
  await firstLoad(stage, relay)
  const known = await fromPowerOffice(stage, relay)
  await fromTribe(stage, known)
  const made = await newInTribe(stage)
  await sameWebhookTwice(stage, relay, made)
  await invoiceAndPayment(stage, relay, made)

  screen.heading('How things stand')
  const status = await relay.get('/status')
  screen.json(status)
  check(stage, 'nothing is due, nothing is parked', isQuiet(status) && status.jobs.parked === 0)

  screen.heading('What it took')
  const { log, overLimit } = systems.powerOffice
  const most = log.mostWithin(1000)
  screen.line('calls to PowerOffice', `${log.all.length}, tokens included`)
  check(
    stage,
    'never more than 10 in a second',
    most <= REQUESTS_PER_SECOND && overLimit === 0,
    `at most ${most}`,
  )
  const odd = [...systems.tribe.violations, ...systems.crm.violations, ...systems.powerOffice.violations]
  check(stage, 'neither system saw a call that breaks its rules', odd.length === 0, odd[0])
  screen.line('time', seconds(startedAt))
  return relay
}

// ── The steps ───────────────────────────────────────────────────────────────

async function company(stage: Stage): Promise<TenantApi> {
  const { screen, systems, url, operatorToken } = stage
  screen.heading('A company joins')
  const { clientId, clientSecret } = systems.crm
  const operator = apiOf(url, operatorToken)
  const made = await operator('POST', '/api/tenants', {
    name: 'Fjordlys AS',
    tribe: { clientId, clientSecret },
  })
  screen.done('connected to Tribe', made.name)
  const relay = new TenantApi(url, made.id, made.adminToken)

  const connected = await relay.put('/poweroffice', { clientKey: systems.books.clientKey })
  screen.done('connected to PowerOffice', connected.clientName)
  await relay.patch('/settings', {
    products: { enabled: false },
    invoices: { enabled: true, mode: 'book' },
    defaultSalesAccountNo: 3000,
  })
  screen.done('relations, invoices and payments on')
  const { proposals } = await relay.get('/lookups')
  await relay.put('/mappings/units', { mappings: proposals.units })
  const vat = proposals.vat.filter((one: Answer) => one.powerOfficeVatCode !== null)
  await relay.put('/mappings/vat', {
    mappings: vat.map(({ tribeVatGroupId, powerOfficeVatCode, salesAccountNo }: Answer) => ({
      tribeVatGroupId,
      powerOfficeVatCode,
      salesAccountNo,
    })),
  })
  screen.done('units and VAT groups mapped as proposed', `${vat.length} VAT groups`)
  const items: { step: string; ok: boolean }[] = await relay.get('/checklist')
  const open = items.filter((item) => !item.ok).map((item) => item.step)
  check(
    stage,
    'the checklist is complete',
    open.length === 0,
    open.join(', ') || `${items.length} of ${items.length}`,
  )
  return relay
}

async function firstLoad(stage: Stage, relay: TenantApi): Promise<void> {
  const { screen, systems } = stage
  const total = systems.books.customers().length
  screen.heading(`First load: ${total.toLocaleString('en')} customers of PowerOffice come to Tribe`)
  const before = systems.powerOffice.log.all.length
  const startedAt = Date.now()
  await relay.post('/activate')
  for (;;) {
    const { initialSync } = await relay.get('/status')
    const perSecond = Math.round(initialSync.done / ((Date.now() - startedAt) / 1000))
    screen.progress(initialSync.done, total, `${perSecond} a second`)
    if (initialSync.state === 'done') break
    if (Date.now() - startedAt > PATIENCE_MS) throw new Error('The first load takes too long')
    await sleep(250)
  }
  const took = seconds(startedAt)
  const calls = systems.powerOffice.log.all.length - before
  const inTribe = systems.crm.customers().length
  const count = `${inTribe.toLocaleString('en')} customers in Tribe`
  check(stage, count, inTribe === total, `${took}, ${calls} calls to PowerOffice`)
  // Tribe tells of each record that was written there; the relay looks at those, too.
  await quiet(relay)
  screen.done('at rest', seconds(startedAt))
}

interface Known {
  powerOfficeId: number
  name: string
}

async function fromPowerOffice(stage: Stage, relay: TenantApi): Promise<Known> {
  const { screen, systems } = stage
  const customer = systems.books.customers()[0]
  if (!customer) throw new Error('PowerOffice has no customers')
  const phone = '+47 22 33 44 55'
  screen.heading('PowerOffice → Tribe: a bookkeeper edits, the clock ticks')
  screen.line(`${customer.Name}`, `phone becomes ${phone}`)
  const startedAt = Date.now()
  systems.books.editCustomer(customer.Id, { PhoneNumber: phone })
  await tick(stage, QUARTER_HOURLY)
  await until(
    'the new phone number in Tribe',
    () => organizationIn(stage, customer.Number)?.PhoneNumber === phone,
  )
  screen.done('in Tribe', `${seconds(startedAt)} after the tick`)
  await quiet(relay)
  return { powerOfficeId: customer.Id, name: String(customer.Name) }
}

async function fromTribe(stage: Stage, known: Known): Promise<void> {
  const { screen, systems } = stage
  const { books, crm } = systems
  const organization = organizationIn(stage, books.customer(known.powerOfficeId).Number)
  if (!organization) throw new Error(`${known.name} is not in Tribe`)
  const email = 'faktura@fjordlys.example'
  screen.heading('Tribe → PowerOffice: a colleague edits, Tribe sends a webhook')
  screen.line(known.name, `e-mail becomes ${email}`)
  const startedAt = Date.now()
  crm.edit(String(organization.ID), { EmailAddress: email })
  await until(
    'the new address in PowerOffice',
    () => books.customer(known.powerOfficeId).EmailAddress === email,
  )
  screen.done('in PowerOffice', seconds(startedAt))
}

async function newInTribe(stage: Stage): Promise<{ roleId: string }> {
  const { screen, systems } = stage
  const name = 'Havblikk Rederi AS'
  screen.heading('A new customer in Tribe')
  const startedAt = Date.now()
  const { roleId, organizationId } = systems.crm.hasCustomer({
    organization: { Name: name, EmailAddress: 'post@havblikk.example', VATNumber: 'NO 914 778 271 MVA' },
    invoiceAddress: {
      Street: 'Havnegata',
      HouseNumber: 12,
      HouseNumberSuffix: 'B',
      Postalcode: '5003',
      City: 'Bergen',
    },
  })
  screen.line(name, 'no number yet')
  const inPowerOffice = () => systems.books.customers().find((customer) => customer.Name === name)
  await until('the new customer in PowerOffice', () => inPowerOffice() !== undefined)
  const number = String(inPowerOffice()?.Number)
  screen.done('in PowerOffice', `${seconds(startedAt)}, which gave it number ${number}`)
  await until('the number in Tribe', () => systems.crm.get(organizationId)?.DebtorNumber === number)
  screen.done('the number is back in Tribe', seconds(startedAt))
  return { roleId }
}

async function sameWebhookTwice(
  stage: Stage,
  relay: TenantApi,
  { roleId }: { roleId: string },
): Promise<void> {
  const { screen, systems } = stage
  const { crm, books, powerOffice } = systems
  screen.heading('Tribe sends the same webhook twice more')
  const delivery = crm.deliveries.find((one) => JSON.stringify(one.body).includes(roleId))
  const hook = crm.webhooks.find((one) => one.id === delivery?.webhookId)
  if (!delivery || !hook) throw new Error('Tribe sent no webhook for the new customer')
  await quiet(relay)
  const writesBefore = writesIn(powerOffice.log.all)
  const before = { powerOffice: books.customers().length, tribe: crm.customers().length }
  const headers = Object.fromEntries(hook.headers.map(({ name, value }) => [name, value]))
  const post = () =>
    fetch(delivery.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(delivery.body),
    })
  const answers = (await Promise.all([post(), post()])).map((answer) => answer.status)
  check(
    stage,
    'both are taken',
    answers.every((status) => status === 202),
    answers.join(' and '),
  )
  await quiet(relay)
  const after = { powerOffice: books.customers().length, tribe: crm.customers().length }
  const isSame = after.powerOffice === before.powerOffice && after.tribe === before.tribe
  check(stage, 'nothing doubles', isSame, `${after.powerOffice} customers here, ${after.tribe} there`)
  check(stage, 'nothing was written', writesIn(powerOffice.log.all) === writesBefore)
}

async function invoiceAndPayment(
  stage: Stage,
  relay: TenantApi,
  { roleId }: { roleId: string },
): Promise<void> {
  const { screen, systems } = stage
  const { crm, books } = systems
  screen.heading('An invoice is sent in Tribe, booked in PowerOffice, and paid')
  const lines = [
    { description: 'Rådgivning', quantity: 7.5, price: 1450, vatGroup: 'NO25' },
    { description: 'Servering', quantity: 12, price: 89.9, vatGroup: 'NO15' },
  ]
  const id = crm.hasInvoice({ roleId, lines, discountPercentage: 5 })
  await quiet(relay)
  const startedAt = Date.now()
  screen.line('sent in Tribe', `number ${crm.sendInvoice(id)}`)
  await until('the invoice in PowerOffice', () => books.postedInvoices().length > 0)
  const [invoice] = books.postedInvoices()
  if (!invoice) throw new Error('PowerOffice has no invoice')
  screen.done('booked in PowerOffice', `${seconds(startedAt)}, number ${invoice.InvoiceNo}`)
  const total = crm.get(id)?.TotalIncludingVat
  check(stage, 'to the øre', invoice.TotalAmount === total, `${invoice.TotalAmount} kroner`)
  await quiet(relay)
  books.receivePayment(invoice.Id, invoice.TotalAmount)
  screen.line('paid in PowerOffice', 'the clock ticks')
  await tick(stage, FOUR_HOURLY)
  await until('the phase in Tribe', () => crm.phaseOf(id) === 'Paid')
  screen.done('Paid in Tribe')
  await quiet(relay)
  check(stage, 'one payment in Tribe', crm.count('Payment') === 1)
}

async function tick({ url }: Stage, cron: string): Promise<void> {
  const ticked = await fetch(`${url}/cdn-cgi/handler/scheduled?cron=${encodeURIComponent(cron)}`)
  if (!ticked.ok) throw new Error(`the cron answered ${ticked.status}`)
}

// ── What they are made of ───────────────────────────────────────────────────

type Call = (method: string, path: string, body?: unknown) => Promise<Answer>
// biome-ignore lint/suspicious/noExplicitAny: answers are looked at as a client without types would
type Answer = any

/** The relay's public API; what is not 2xx ends the demo. */
function apiOf(url: string, token: string): Call {
  return async (method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    return text ? JSON.parse(text) : null
  }
}

class TenantApi {
  private readonly call: Call
  constructor(
    url: string,
    readonly id: string,
    readonly token: string,
  ) {
    this.call = apiOf(url, token)
  }
  get = (path: string) => this.call('GET', `/api/tenants/${this.id}${path}`)
  post = (path: string) => this.call('POST', `/api/tenants/${this.id}${path}`)
  put = (path: string, body: unknown) => this.call('PUT', `/api/tenants/${this.id}${path}`, body)
  patch = (path: string, body: unknown) => this.call('PATCH', `/api/tenants/${this.id}${path}`, body)
}

function check({ screen }: Stage, what: string, holds: boolean, detail?: string): void {
  if (holds) screen.done(what, detail)
  else throw new Error(`This should hold: ${what}${detail ? ` (${detail})` : ''}`)
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}`)
    await sleep(10)
  }
}

const isQuiet = ({ jobs }: Answer): boolean => jobs.due === 0 && jobs.waiting === 0

async function quiet(relay: TenantApi): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  while (!isQuiet(await relay.get('/status'))) {
    if (Date.now() > deadline) throw new Error('Waited in vain for the relay to come to rest')
    await sleep(50)
  }
}

/** The organisation in Tribe that has this debtor number. */
function organizationIn(
  { systems }: Stage,
  number: number | null | undefined,
): Record<string, unknown> | undefined {
  return systems.crm
    .customers()
    .map((role) => role.Organization as Record<string, unknown>)
    .find((organization) => organization.DebtorNumber === String(number))
}

const writesIn = (calls: readonly { method: string; path: string }[]): number =>
  calls.filter(({ method, path }) => method !== 'GET' && !/token/i.test(path)).length

const seconds = (since: number) => `${((Date.now() - since) / 1000).toFixed(1)} s`
