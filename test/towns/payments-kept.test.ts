import { describe, expect, test } from 'vitest'
import { aCompany as billed, PAYMENTS } from './billed'
import { NIGHT, PULL, useStreet } from './street'

/** What is still to be told in Tribe is told in the end, whatever came between. */

const begin = useStreet()
const aCompany = (given?: Parameters<typeof billed>[1]) => billed(begin(), given)

describe('a phase that Tribe does not let be changed', () => {
  test.each([
    ['one by one', (jobId: unknown) => ({ path: `/jobs/${jobId}/retry`, body: {} })],
    ['by its code', () => ({ path: '/jobs/retry', body: { code: 'payment.phase_refused' } })],
    ['with all the rest', () => ({ path: '/jobs/retry', body: {} })],
  ] as const)('of a reversed invoice goes back when somebody tries again (%s)', async (_, retryOf) => {
    const { street, tenant, send, postedOf, told } = await aCompany()
    const id = await send()
    tenant.books.receivePayment(postedOf(id).Id, 1250)
    await street.tick(PAYMENTS)
    tenant.crm.options.frozenPhases = true
    tenant.books.reverseInvoice(postedOf(id).Id)
    await street.tick(PAYMENTS)
    expect(told(id)).toEqual({ phases: ['Paid'], amounts: [0] })
    expect(street.codes(tenant).toSorted()).toEqual(['invoice.reversed', 'payment.phase_refused'])
    const retry = async () => {
      const { problems } = await street.town.waitFor(tenant.api('GET', '/status'))
      const refused = problems.find(({ code }: { code: string }) => code === 'payment.phase_refused')
      const { path, body } = retryOf(refused?.jobId)
      await street.town.waitFor(tenant.api('POST', path, body))
      await street.quiet()
    }
    // As long as Tribe refuses, the problem stays.
    await retry()
    expect(street.codes(tenant).toSorted()).toEqual(['invoice.reversed', 'payment.phase_refused'])
    tenant.crm.options.frozenPhases = false
    await retry()
    expect(told(id)).toEqual({ phases: ['Sent'], amounts: [0] })
    expect(street.codes(tenant)).toEqual(['invoice.reversed'])
    const since = street.mark()
    await street.tick(PAYMENTS, NIGHT)
    expect(street.writes('tribe', since)).toEqual([])
  })

  test('goes back when a payment is undone, also where a user had set it', async () => {
    const { street, tenant, send, postedOf, told } = await aCompany()
    const id = await send()
    const payment = tenant.books.receivePayment(postedOf(id).Id, 1250)
    tenant.crm.setPhase(id, 'Paid')
    await street.quiet()
    await street.tick(PAYMENTS)
    tenant.crm.options.frozenPhases = true
    tenant.books.unmatch(payment.Id)
    await street.tick(PAYMENTS)
    expect([told(id), street.codes(tenant)]).toEqual([
      { phases: ['Paid'], amounts: [0] },
      ['payment.phase_refused'],
    ])
    tenant.crm.options.frozenPhases = false
    await street.town.waitFor(tenant.api('POST', '/jobs/retry', { code: 'payment.phase_refused' }))
    await street.quiet()
    expect([told(id), street.codes(tenant)]).toEqual([{ phases: ['Sent'], amounts: [0] }, []])
  })

  test('is not forgotten because payments were off in between', async () => {
    const { street, tenant, send, postedOf, told } = await aCompany()
    const id = await send()
    tenant.books.receivePayment(postedOf(id).Id, 1250)
    tenant.crm.options.frozenPhases = true
    await street.tick(PAYMENTS)
    tenant.crm.options.frozenPhases = false
    await street.town.waitFor(tenant.api('PATCH', '/settings', { payments: { enabled: false } }))
    await street.town.waitFor(tenant.api('POST', '/jobs/retry', {}))
    await street.quiet()
    expect(told(id).phases).toEqual(['Sent'])
    await street.town.waitFor(tenant.api('PATCH', '/settings', { payments: { enabled: true } }))
    await street.quiet()
    await street.tick(NIGHT)
    expect(told(id)).toEqual({ phases: ['Paid'], amounts: [1250] })
  })
})

test('a reversal while payments were off takes back what was told once they are on', async () => {
  const { street, tenant, send, postedOf, told } = await aCompany()
  const id = await send()
  tenant.books.receivePayment(postedOf(id).Id, 1250)
  await street.tick(PAYMENTS)
  await street.town.waitFor(tenant.api('PATCH', '/settings', { payments: { enabled: false } }))
  tenant.books.reverseInvoice(postedOf(id).Id)
  await street.tick(PAYMENTS)
  expect([told(id), street.codes(tenant)]).toEqual([
    { phases: ['Paid'], amounts: [1250] },
    ['invoice.reversed'],
  ])
  await street.town.waitFor(tenant.api('PATCH', '/settings', { payments: { enabled: true } }))
  await street.tick(PAYMENTS, NIGHT)
  expect(told(id)).toEqual({ phases: ['Sent'], amounts: [0] })
})

describe('D1 was brought back in time', () => {
  test('an invoice that it does not know any more, and that was paid meanwhile, is told as paid', async () => {
    const { street, tenant, send, postedOf, told } = await aCompany()
    const other = await send()
    await street.town.passMinutes(30)
    const then = street.town.platform.snapshot()
    const id = await send()
    await street.tick(PAYMENTS)
    const posted = postedOf(id)
    await street.town.passMinutes(30)
    street.town.platform.restore(then)
    tenant.books.receivePayment(posted.Id, 1250)
    await street.town.passMinutes(30)
    // The cursor goes on past it.
    tenant.books.receivePayment(postedOf(other).Id, 1250)
    await street.town.passMinutes(30)
    await street.tick(PAYMENTS)
    await street.town.passMinutes(240)
    await street.tick(PAYMENTS, PULL, NIGHT)
    expect(told(other, id)).toEqual({ phases: ['Paid', 'Paid'], amounts: [1250, 1250] })
    expect(tenant.books.postedInvoices()).toHaveLength(2)
  })

  test('a payment that it does not know any more, and that is undone later, is taken back', async () => {
    const { street, tenant, send, postedOf, told } = await aCompany()
    const id = await send()
    await street.tick(PAYMENTS)
    const then = street.town.platform.snapshot()
    const payment = tenant.books.receivePayment(postedOf(id).Id, 1250)
    await street.tick(PAYMENTS)
    expect(told(id).phases).toEqual(['Paid'])
    street.town.platform.restore(then)
    tenant.books.unmatch(payment.Id)
    await street.town.passMinutes(240)
    await street.tick(PAYMENTS, NIGHT)
    expect(told(id)).toEqual({ phases: ['Sent'], amounts: [0] })
    const since = street.mark()
    await street.tick(NIGHT, PAYMENTS)
    expect(street.writes('tribe', since)).toEqual([])
  })
})

test('an invoice that Tribe hides while it is paid is told as paid when it shows again', async () => {
  const { street, tenant, send, postedOf, told } = await aCompany()
  const id = await send()
  tenant.books.receivePayment(postedOf(id).Id, 1250)
  const hidden = street.town.tribe.faults.add({
    name: 'not-found',
    on: new RegExp(`GET .*Activity_Invoice\\(${id}\\)`),
    times: Number.POSITIVE_INFINITY,
  })
  await street.tick(PAYMENTS)
  expect([told(id), street.codes(tenant)]).toEqual([
    { phases: ['Sent'], amounts: [] },
    ['invoice.deleted_in_tribe'],
  ])
  hidden.lift()
  await street.tick(NIGHT)
  expect([told(id), street.codes(tenant)]).toEqual([{ phases: ['Paid'], amounts: [1250] }, []])
  expect(street.links(tenant, 'invoice').map(({ state }) => state)).toEqual(['linked'])
})

test('an answer of Tribe that misses an invoice now and then never makes it deleted', async () => {
  const { street, tenant, send } = await aCompany({ settings: { invoices: { mode: 'draft' } } })
  const id = await send()
  for (let n = 0; n < 4; n++) {
    const missed = street.town.tribe.faults.add({
      name: 'not-found',
      on: new RegExp(`GET .*Activity_Invoice\\(${id}\\)`),
    })
    tenant.crm.edit(id, { Subject: `${n}` })
    await street.quiet()
    expect(missed.struck()).toBe(1)
    await street.town.passMinutes(45)
  }
  expect(street.links(tenant, 'invoice').map(({ state }) => state)).toEqual(['linked'])
  expect(street.codes(tenant)).not.toContain('invoice.deleted_in_tribe')
})

test('a payment that is undone before anybody could note that it was told leaves no amount behind', async () => {
  const { street, tenant, send, postedOf, told } = await aCompany()
  const id = await send()
  const payment = tenant.books.receivePayment(postedOf(id).Id, 1250)
  // The object is cut off right after the row was made, and the bookkeeper is faster than its next run.
  street.town.tribe.faults.add({
    name: 'meanwhile-after',
    on: /POST .*\/Payment/,
    act: () => {
      tenant.object.reset()
      tenant.books.unmatch(payment.Id)
    },
  })
  await street.tick(PAYMENTS)
  await street.town.passMinutes(240)
  await street.tick(PAYMENTS)
  expect(told(id)).toEqual({ phases: ['Sent'], amounts: [0] })
})
