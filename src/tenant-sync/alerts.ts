import { openDatabase } from '../db/database'
import { TenantSettings } from '../db/settings'
import type { Tenant } from '../db/tenants'
import { type DriftedPath, toldDriftsIn } from '../db/told-drifts'
import { type Env, settingsOf } from '../env'
import { deliverByMail, deliverToWebhook } from '../health/deliver'
import { healthOf } from '../health/health'
import { type Message, mailOf, messageOf } from '../health/message'
import { planAlert, type Turned, turn } from '../health/plan'
import { createSealer } from '../shared/secrets'
import { DONE, type Facts, type Step } from '../sync-step'
import { ALERT } from './job'
import type { Jobs } from './jobs'
import type { tenantStatusIn } from './tenant-status'

interface Held {
  env: Env
  jobs: Jobs
  facts: Facts
  tenantStatus: ReturnType<typeof tenantStatusIn>
  stuck: () => string | null
  now: () => number
}

/** A receiver may take its time, but not a run's. */
const LONGEST_MS = 10_000
/** The operator hears of what has drifted from one company alone: for the others it does not count. */
const TURNED = { operator: 'health-turned-operator', tenant: 'health-turned' } as const
type Audience = keyof typeof TURNED
const audienceOf = (channel: string): Audience => (channel.startsWith('operator') ? 'operator' : 'tenant')
const OTHERS = 'drifts-of-others'
const TELLER = 'drift-teller'
const keyOf = ({ system, path }: DriftedPath) => `${system} ${path}`
const toldOf = (channel: string) => `alert:${channel}` as const

/** Who is told when the tenant turns well or ill. A job names who, and carries nothing else. */
export function alertsIn({ env, jobs, facts, tenantStatus, stuck, now }: Held) {
  /** What has drifted here and another company tells, as long as it lasts. */
  const ofOthers = (drifted: readonly DriftedPath[]): readonly string[] => {
    const before = facts.get(OTHERS) ?? []
    const now = before.filter((key) => drifted.some((one) => keyOf(one) === key))
    if (now.length < before.length) facts.set(OTHERS, now)
    return now
  }
  const look = (tenant: Tenant, audience: Audience) => {
    const expected = { state: tenant.state, settings: TenantSettings.parse(tenant.settings) }
    const status = tenantStatus.read(stuck())
    const all = status.drifted ?? []
    const others = audience === 'operator' ? ofOthers(all) : []
    const drifted = all.filter((one) => !others.includes(keyOf(one)))
    const health = healthOf(expected, { ...status, drifted }, now())
    const before = facts.get(TURNED[audience])
    const turned = turn(before, health.state, now())
    if (turned === null) facts.remove(TURNED[audience])
    else if (turned !== before) facts.set(TURNED[audience], turned)
    return { health, turned, drifted }
  }
  /** Which of these the operator is to hear from this company; the rest is noted as told by others. */
  const claim = async (drifted: readonly DriftedPath[]): Promise<void> => {
    if (drifted.length === 0) return
    const teller = facts.get(TELLER) ?? crypto.randomUUID()
    facts.set(TELLER, teller)
    for (const one of drifted)
      if (!(await toldDriftsIn(openDatabase(env.DB)).claim(one, teller)))
        facts.set(OTHERS, [...(facts.get(OTHERS) ?? []), keyOf(one)])
  }
  const plan = (channel: string, turned: Turned | null) =>
    planAlert({
      turned,
      told: facts.get(toldOf(channel)),
      at: now(),
      settleMs: settingsOf(env).ALERT_AFTER_SECONDS * 1000,
    })

  return {
    /** After each run: whoever is to be told gets a job, unless one is under way or waits for a person. */
    watch(tenant: Tenant): void {
      const turned = { operator: look(tenant, 'operator').turned, tenant: look(tenant, 'tenant').turned }
      const parked = jobs.parkedOf(ALERT)
      for (const channel of Object.keys(channelsOf(env, tenant))) {
        const next = plan(channel, turned[audienceOf(channel)])
        if (next.do === 'nothing') jobs.settle(ALERT, [channel])
        else if (!parked.includes(channel) && !jobs.isAwaited(ALERT, channel))
          jobs.enqueue(
            {
              kind: ALERT,
              subject: channel,
              lane: 'push',
              afterSeconds: next.do === 'wait' ? Math.ceil(next.ms / 1000) : 0,
            },
            now(),
          )
      }
    },

    /** How it has been doing is nobody's concern while it rests. */
    rest: () => {
      for (const name of Object.values(TURNED)) facts.remove(name)
    },

    /** Looks once more, and tells what holds by then. */
    stepFor:
      (tenant: Tenant): Step =>
      async (_, { id: channel }) => {
        const deliver = channelsOf(env, tenant)[channel]
        const audience = audienceOf(channel)
        const found = look(tenant, audience)
        const next = plan(channel, found.turned)
        if (!deliver || next.do === 'nothing') return DONE
        if (next.do === 'wait')
          return {
            status: 'again',
            afterSeconds: Math.ceil(next.ms / 1000),
            because: 'it may pass by itself',
          }
        if (audience === 'operator') await claim(found.drifted)
        const { health, turned } = look(tenant, audience)
        const last = plan(channel, turned)
        if (last.do !== 'tell') return DONE
        await deliver(messageOf(tenant, last.turned, health.ailments, now()))
        facts.set(toldOf(channel), last.turned.state)
        return DONE
      },
  }
}

type Deliver = (message: Message) => Promise<void>

/** The operator's webhook and mail, and the tenant's own, as far as there are any. */
function channelsOf(env: Env, tenant: Tenant): Record<string, Deliver> {
  const settings = settingsOf(env)
  const own = TenantSettings.parse(tenant.settings).alerts
  const { ALERT_WEBHOOK_URL, ALERT_WEBHOOK_SECRET, ALERT_EMAIL, ALERT_FROM } = settings
  const options = {
    fetch: fetch.bind(globalThis),
    timeoutMs: Math.min(settings.CALL_TIMEOUT_MS, LONGEST_MS),
    ownUrl: settings.PUBLIC_URL,
    now: Date.now,
  }
  const mailTo = (to: string | null | undefined): Deliver | undefined =>
    to && ALERT_FROM && env.SEND_EMAIL
      ? (message) =>
          deliverByMail(
            env.SEND_EMAIL as SendEmail,
            { from: ALERT_FROM, to },
            mailOf(message, settings.PUBLIC_URL),
          )
      : undefined
  const { sealedAlertSecret } = tenant
  const channels: Record<string, Deliver | undefined> = {
    'operator-webhook':
      ALERT_WEBHOOK_URL && ALERT_WEBHOOK_SECRET
        ? (message) =>
            deliverToWebhook(options, { url: ALERT_WEBHOOK_URL, secret: ALERT_WEBHOOK_SECRET }, message)
        : undefined,
    'operator-email': mailTo(ALERT_EMAIL),
    'tenant-webhook':
      own.webhookUrl && sealedAlertSecret
        ? async (message) => {
            const sealer = createSealer(settings.SEALING_KEYS)
            const secret = await sealer.open(`${tenant.id}:alertSecret`, sealedAlertSecret)
            await deliverToWebhook(options, { url: own.webhookUrl ?? '', secret }, message)
          }
        : undefined,
    'tenant-email': mailTo(own.email),
  }
  return Object.fromEntries(
    Object.entries(channels).flatMap(([name, deliver]) => (deliver ? [[name, deliver]] : [])),
  )
}
