import { setTimeout as sleep } from 'node:timers/promises'
import type { Systems } from '../demo/systems'
import type { PowerOfficeClientBooks } from '../fakes/poweroffice'
import type { TribeEnvironment } from '../fakes/tribe'
import type { Shot } from './load'
import { OPERATOR, type Runtime } from './runtime'

/** A company that uses the relay, and has relations on only. */
export interface Company {
  id: string
  crm: TribeEnvironment
  books: PowerOfficeClientBooks
  api(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>
  /** Waits until nothing is left to be done. */
  quiet(withinMs?: number): Promise<void>
  /** What Tribe's webhook would send for a customer that was just made, or edited. */
  event(entityId: string, what?: 'made' | 'edited'): Shot
}

export async function aCompany(
  systems: Systems,
  { relayUrl }: Runtime,
  fill: (books: PowerOfficeClientBooks) => void = () => undefined,
  tribe: Parameters<Systems['tribe']['addEnvironment']>[0] = { echo: false, requestsPerMinute: 1_000_000 },
): Promise<Company> {
  const crm = systems.tribe.addEnvironment(tribe)
  const books = systems.powerOffice.addClient({ allowSendInvoice: true })
  fill(books)

  async function call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await fetch(`${relayUrl}/api/tenants${path}`, {
      method,
      headers: { authorization: `Bearer ${OPERATOR}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text === '' ? {} : JSON.parse(text)
  }
  const { clientId, clientSecret } = crm
  const made = await call('POST', '', { name: 'Fjordlys AS', tribe: { clientId, clientSecret } })
  const id = String(made.id)
  const api: Company['api'] = (method, path, body) => call(method, `/${id}${path}`, body)
  await api('PUT', '/poweroffice', { clientKey: books.clientKey })
  await api('PATCH', '/settings', {
    products: { enabled: false },
    invoices: { enabled: false },
    payments: { enabled: false },
  })
  return {
    id,
    crm,
    books,
    api,
    async quiet(withinMs = 300_000) {
      const deadline = Date.now() + withinMs
      for (let calm = 0; calm < 2; ) {
        if (Date.now() > deadline) throw new Error('the relay did not come to rest')
        await crm.settled()
        const { due, waiting } = (await api('GET', '/status')).jobs as { due: number; waiting: number }
        calm = due + waiting === 0 ? calm + 1 : 0
        await sleep(20)
      }
    },
    event(entityId, what = 'made') {
      const hook = crm.webhooks.find(({ entityType }) => /Customer$/.test(entityType))
      if (!hook) throw new Error('no webhook for customers')
      const { entityType } = hook
      const type = what === 'made' ? 'EntityCreationMutation' : 'EntityUpdateMutation'
      return {
        url: hook.webhookUrl,
        headers: {
          'content-type': 'application/json',
          ...Object.fromEntries(hook.headers.map(({ name, value }) => [name, value])),
        },
        body: JSON.stringify({
          webhookId: hook.id,
          payload: { type, entityType, entityId },
        }),
      }
    },
  }
}
