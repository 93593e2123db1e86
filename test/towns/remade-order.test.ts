import { expect, test, vi } from 'vitest'
import type { Blow } from '../platform/weather'
import { todays } from '../seeds/day'
import { Stage } from '../sweep/stage'

/**
 * A draft that waits is made anew, since its invoice changed in Tribe: the old one is deleted, and another takes its
 * place. Whatever goes wrong once, at any call or query of that, there is one order in the end, as Tribe says now, and
 * it is posted once.
 */

vi.setConfig({ testTimeout: 900_000 })

async function remake(blow: Blow | null, odd: boolean) {
  const stage = await Stage.open(blow, { mode: 'book', odd: odd })
  const { town, tenant, weather } = stage
  const { crm, books } = tenant
  try {
    crm.options.frozenInvoices = false
    books.setLockDate('2026-06-30')
    const { roleId } = crm.hasCustomer({ organization: { Name: 'Nordlys AS' }, silent: true })
    const lines = [{ description: 'Frakt', price: 100, quantity: 1, vatGroup: 'NO25' }]
    const id = crm.hasInvoice({ roleId, lines, silent: true })
    crm.sendInvoice(id, { silent: true, invoiceDate: '2026-03-02' })
    const job = { kind: 'invoice', subject: `tribe:${id}`, lane: 'push' }
    await town.waitFor(tenant.object.call('enqueue', [[job]]))
    await stage.quiet()
    const [first] = books.salesOrders()
    expect([books.salesOrders().length, books.postedInvoices().length]).toEqual([1, 0])
    books.setLockDate(null)
    crm.edit(id, { CustomerReference: 'PO-77' }, { silent: true })
    await stage.look(id)
    await stage.quiet()
    await town.tick('0 */4 * * *')
    await stage.quiet()
    await town.tick('30 2 * * *')
    await stage.quiet()
    const posted = books.postedInvoices()
    const is = {
      drafts: books.salesOrders().length,
      posted: posted.map(({ PurchaseOrderReference, TotalAmount }) => [PurchaseOrderReference, TotalAmount]),
      isAnother: posted.every(({ Id }) => Id !== first?.Id),
      links: stage
        .invoiceLinks()
        .map(({ powerOfficeId, stage: at }) => [powerOfficeId === String(posted[0]?.Id), at]),
      customers: books.customers().length,
      problems: tenant.problems(),
      violations: town.violations(),
    }
    return { is, calls: weather.calls, queries: weather.queries, story: town.story }
  } finally {
    stage.close()
  }
}

test.each([false, true])(
  'an order that is made anew is there once and is posted once, whatever befalls any call or query (an odd PowerOffice: %s)',
  async (odd) => {
    const fair = await remake(null, odd)
    expect(fair.is).toEqual({
      drafts: 0,
      posted: [['PO-77', 125]],
      isAnother: true,
      links: [[true, 'posted']],
      customers: 1,
      problems: [],
      violations: [],
    })
    expect(
      fair.story.filter((line) => /poweroffice\.example DELETE .*SalesOrders\//.test(line)),
    ).toHaveLength(1)
    const at = (most: number) => Array.from({ length: most }, (_, n) => n + 1)
    const all: Blow[] = [
      ...(['crash-before', 'crash-after', 'lost-after', 'replaced'] as const).flatMap((call) =>
        at(fair.calls).map((n) => ({ at: n, call })),
      ),
      ...(['fails-after', 'crash-after'] as const).flatMap((query) =>
        at(fair.queries).map((n) => ({ at: n, query })),
      ),
    ]
    const blows = todays(all, 8)
    expect(blows.length).toBeGreaterThan(15)
    const wrong: unknown[] = []
    for (const blow of blows) {
      const { is } = await remake(blow, odd)
      if (JSON.stringify(is) !== JSON.stringify(fair.is)) wrong.push({ blow, is })
    }
    expect(wrong).toEqual([])
  },
)
