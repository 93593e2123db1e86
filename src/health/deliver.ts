import { SyncError } from '../shared/errors'
import { isDelivered, sendSigned, type Webhook, type WebhookOptions } from '../shared/signed-webhook'
import type { Mail, Message } from './message'

/** How a message leaves. Whatever comes of it but "received" is for time to mend. */

/** POSTs it as JSON, signed. */
export async function deliverToWebhook(
  options: WebhookOptions,
  webhook: Webhook,
  message: Message,
): Promise<void> {
  const outcome = await sendSigned(options, webhook, { id: message.id, text: JSON.stringify(message) })
  if (outcome === 'refused')
    throw new SyncError(
      'alert.address_refused',
      'data',
      'The address of the alerts is not a public https URL',
    )
  if (!isDelivered(outcome))
    throw undelivered(outcome === null ? 'The webhook did not answer' : `The webhook answered ${outcome}`)
}

export async function deliverByMail(
  binding: SendEmail,
  { from, to }: { from: string; to: string },
  { subject, text }: Mail,
): Promise<void> {
  try {
    await binding.send({ from: { email: from, name: 'Tribe ⇄ PowerOffice relay' }, to, subject, text })
  } catch {
    throw undelivered('Cloudflare did not take the e-mail')
  }
}

const undelivered = (what: string) =>
  new SyncError('alert.not_delivered', 'time', `${what}: the message about the tenant's health waits`)
