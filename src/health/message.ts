import { explain } from '../shared/problems'
import type { Ailment } from './health'
import type { Turned } from './plan'

/** What is told when a tenant turns. */
export interface Message {
  /** The same for whoever is told, and for each try: who gets it twice may drop one. */
  id: string
  event: 'tenant-unhealthy' | 'tenant-recovered'
  at: string
  since: string
  tenant: { id: string; name: string }
  /** With what each means and what to do, in English. */
  ailments: (Ailment & { cause: string; nextStep: string })[]
}

export function messageOf(
  tenant: { id: string; name: string },
  { state, since }: Turned,
  ailments: readonly Ailment[],
  now: number,
): Message {
  return {
    id: `${tenant.id}-${since}`,
    event: state === 'healthy' ? 'tenant-recovered' : 'tenant-unhealthy',
    at: new Date(now).toISOString(),
    since: new Date(since).toISOString(),
    tenant: { id: tenant.id, name: tenant.name },
    ailments: ailments.map((ailment) => ({ ...ailment, ...explain(ailment.code, 'en') })),
  }
}

export interface Mail {
  subject: string
  text: string
}

/** The message as a mail. */
export function mailOf({ event, since, tenant, ailments }: Message, publicUrl: string): Mail {
  // A name may hold anything; a subject is one line.
  const name = tenant.name.replace(/[^\P{C}]+/gu, ' ').slice(0, 100)
  const status = `${publicUrl}/api/tenants/${tenant.id}/status`
  if (event === 'tenant-recovered')
    return {
      subject: `${name}: in step again`,
      text: `${name} is well since ${since}.\n\n${status}\n`,
    }
  const lines = ailments.map(({ code, what, count, cause, nextStep }) => {
    const about = [what, count === null ? null : `${count} ×`].filter((part) => part !== null).join(', ')
    return `- ${cause} ${nextStep}\n  (${code}${about ? `: ${about}` : ''})`
  })
  return {
    subject: `${name}: needs attention`,
    text: `${name} is not well since ${since}.\n\n${lines.join('\n')}\n\n${status}\n`,
  }
}
