import { type Database, openDatabase, watched } from '../db/database'
import { linksOf } from '../db/links'
import { TenantSettings } from '../db/settings'
import { type Tenant, tenantsIn } from '../db/tenants'
import { timelineOf } from '../db/timeline'
import { type Env, placed, settingsOf, tribeApplicationOf } from '../env'
import { noteVanished, restingAmong } from '../lookups/field-watch'
import { toldRows } from '../lookups/told-edits'
import { requestToken as requestPowerOfficeToken } from '../poweroffice/auth'
import { createPowerOffice } from '../poweroffice/client'
import { createGate, newReach, type Reach } from '../poweroffice/gate'
import { PowerOfficeProfile } from '../poweroffice/profile'
import { createFingerprint } from '../shared/fingerprints'
import { type Companies, identityOf } from '../shared/identity'
import { log } from '../shared/log'
import { type FieldMapping, FieldMappings, isMember } from '../shared/own-fields'
import { marksOf } from '../shared/reference'
import { createSealer, sha256 } from '../shared/secrets'
import { createTokens } from '../shared/tokens'
import type { SyncContext } from '../sync-step'
import type { TribeOptions } from '../tribe/caller'
import type { OwnMember } from '../tribe/choices'
import { createTribe } from '../tribe/client'
import { TribeProfile } from '../tribe/profile'
import { TribeSecret } from '../tribe/secret'
import { sharedWindow, type TribeBudget } from '../tribe/window'
import type { Ahead } from './ahead'
import { assemble, type ObjectState } from './assemble'
import { contractIn } from './contract'
import type { Job } from './job'
import { noUsage, type Usage } from './tenant-status'
import { tokenStore, tribeTokens } from './tokens'
import { newTrace, noteTold, noteWrite, type Trace } from './trace'
import type { UndoSource } from './undo/run'

export interface TenantContext {
  tenant: Tenant
  serves: Companies
  /** Changes when the credentials do. */
  credentials: string
  /** The settings changed since: the next job needs a context of its own. */
  isOver: () => boolean
  /** What one invocation may ask for is nearly used up: the rest is left to the next (DESIGN.md §1.3). */
  isSpent: () => boolean
  /** The tenant's webhook wants to be told what happens. */
  tellsEvents: boolean
  /** What the undo of a first load goes by. */
  undoSource: UndoSource
  /** What the job asks for is counted in `used`. */
  contextFor: (job: Pick<Job, 'lane'>, used?: Trace) => SyncContext
}

/** Of a lone event, most of the time until it is in the other system goes to rounds to D1. */
async function tenantAnd(
  db: Database,
  tenantId: string,
  { fence, withLock }: Pick<ObjectState, 'fence' | 'withLock'>,
  told: readonly string[],
): Promise<{ tenant: Tenant | null; ahead: Ahead | null }> {
  if (told.length === 0) return { tenant: await tenantsIn(db).find(tenantId), ahead: null }
  const [written, ended] = [fence.writes(), withLock.ended()]
  const { tenant, links } = await tenantsIn(db).findWithLinks(tenantId, told)
  const isStill = () => fence.writes() === written && withLock.ended() === ended
  return { tenant, ahead: { ids: new Set(told), rows: links, isStill } }
}

/** Of 10,000 subrequests and 1,000 queries; a call to PowerOffice is two, with its turn at the gate. */
const MOST_CALLS = 4000
const MOST_STATEMENTS = 600

/**
 * Reads the tenant and opens its secrets; null when there is no such tenant (any more). What D1 holds of the records that were
 * told of is read along with it.
 */
export async function contextOf(
  env: Env,
  tenantId: string,
  held: ObjectState,
  told: readonly string[] = [],
): Promise<TenantContext | null> {
  const settings = settingsOf(env)
  const life = held.fence.life()
  const { isOver, mayWrite } = held.fence.pass()
  const total = noUsage()
  const databaseOf = (used: Usage) =>
    openDatabase(
      watched(env.DB, (isWrite) => {
        // D1 is not the object's storage: it would take what an object that was replaced still has to say.
        if (isWrite) held.fence.noteWrite()
        total.statements++
        used.statements++
      }),
    )
  const { tenant, ahead } = await tenantAnd(databaseOf(noUsage()), tenantId, held, told)
  if (!tenant) return null
  const sealer = createSealer(settings.SEALING_KEYS)
  const open = (field: string, sealed: string) => sealer.open(`${tenantId}:${field}`, sealed)
  // Whoever asks for something looks first whether both are connected, and nothing is due before that.
  if (!tenant.sealedTribe || !tenant.sealedClientKey) throw new Error('not connected yet')
  const [tribeSecret, clientKey, fingerprintKey, webhookSecret] = await Promise.all([
    open('tribe', tenant.sealedTribe),
    open('clientKey', tenant.sealedClientKey),
    open('fingerprintKey', tenant.sealedFingerprintKey),
    open('webhookSecret', tenant.sealedWebhookSecret),
  ])
  const fingerprint = await createFingerprint(fingerprintKey)
  const before = await held.beforeImages.withKey(tenantId, fingerprintKey)
  const tribeProfile = TribeProfile.parse(tenant.tribe)
  const powerOfficeProfile = PowerOfficeProfile.parse(tenant.powerOffice)
  const gateName = (await sha256(settings.POWEROFFICE_SUBSCRIPTION_KEY)).slice(0, 16)
  const base = { timeoutMs: settings.CALL_TIMEOUT_MS, now: held.now }
  const tenantSettings = TenantSettings.parse(tenant.settings)
  const { organizationId } = tribeProfile
  const marks = await marksOf({ tenantId, organizationId, clientId: powerOfficeProfile.clientId })
  const writtenIn = (used: Usage) => ({
    ...base,
    mayWrite: () => {
      mayWrite()
      used.writes++
    },
  })
  const counting =
    (system: 'tribe' | 'powerOffice', used: Trace = newTrace()): typeof fetch =>
    async (url: RequestInfo | URL, init?: RequestInit) => {
      total[system]++
      used[system]++
      const answer = await fetch(url, init)
      const method = init?.method ?? 'GET'
      if (method !== 'GET' && answer.ok) noteWrite(used, system, method, String(url))
      return answer
    }

  const { tribeLimit } = held
  const tribeWindow = await windowOf(tenant, tribeProfile.organizationId)
  const tribeAccess = tribeTokens(
    TribeSecret.parse(JSON.parse(tribeSecret)),
    {
      ...base,
      fetch: counting('tribe'),
      authUrl: settings.TRIBE_AUTH_URL,
      budget: tribeWindow,
      // A refresh token is good once: an object that was replaced must not use up the one that the new object has.
      mayWrite: held.fence.noteWrite,
    },
    { tenantId, sealedTribe: tenant.sealedTribe, application: tribeApplicationOf(settings), sealer, held },
  )
  const contract = contractIn({
    facts: held.facts,
    cache: held.cache,
    now: held.now,
    tell: (event, about) => log(event, { tenantId, at: new Date(held.now()).toISOString(), ...about }),
  })
  const fieldRows = FieldMappings.parse(tenant.fields ?? [])
  const memberRows = fieldRows.filter(({ powerOfficeField }) => isMember(powerOfficeField))
  /** Rows of members that do not rest: a job reads and writes by the same ones from its beginning to its end. */
  const workingNow = (rows: readonly FieldMapping[]) => {
    const resting = restingAmong(held.jobs, rows)
    return rows.filter((row) => !resting.includes(row))
  }
  const ownOf = (rows: readonly FieldMapping[]): OwnMember[] =>
    rows.flatMap((row) => row.places.map((place) => ({ ...place, isText: row.tribeType === 'text' })))
  const tribeFor = (lane: Job['lane'], used: Trace, own: Pick<TribeOptions, 'own' | 'onOwnRefused'>) =>
    createTribe({
      ...own,
      ...writtenIn(used),
      fetch: counting('tribe', used),
      baseUrl: settings.TRIBE_API_URL,
      tokens: tribeAccess,
      dialect: tribeProfile.dialect,
      limit: tribeLimit,
      budget: tribeWindow,
      lane,
      notes: held.cache,
      watch: contract,
    })

  /** Tenants that were connected to one Tribe before that was refused share the window of the one that is known to serve it. */
  async function windowOf({ tribeOrganization }: Tenant, organizationId: string): Promise<TribeBudget> {
    const organization = identityOf(organizationId)
    if (tribeOrganization !== null || organization === null) return held.tribeWindow
    const keeper = await tenantsIn(databaseOf(noUsage())).findByOrganization(organization)
    return keeper === null || keeper === tenantId
      ? held.tribeWindow
      : sharedWindow(placed(env, env.TENANT_SYNC).getByName(keeper), held.tribeWindow)
  }

  const reach = (held.cache.get('reach') as Reach | undefined) ?? newReach()
  held.cache.set('reach', reach)
  const powerOfficeOf = (lane: Job['lane']) => {
    const gate = createGate({
      namespace: placed(env, env.POWEROFFICE_GATE),
      name: gateName,
      perSecond: settings.POWEROFFICE_REQUESTS_PER_SECOND,
      tenantId,
      lane,
      reach,
    })
    const keys = {
      tokenUrl: settings.POWEROFFICE_TOKEN_URL,
      applicationKey: settings.POWEROFFICE_APPLICATION_KEY,
      subscriptionKey: settings.POWEROFFICE_SUBSCRIPTION_KEY,
      clientKey,
    }
    const store = tokenStore(
      held.facts,
      sealer,
      `${tenantId}:poweroffice-token`,
      tenant.sealedClientKey ?? '',
    )
    const request = () => requestPowerOfficeToken(keys, { ...base, fetch: counting('powerOffice'), gate })
    const tokens = createTokens(store, request, held.now)
    return (used: Trace) =>
      createPowerOffice({
        ...writtenIn(used),
        fetch: counting('powerOffice', used),
        baseUrl: settings.POWEROFFICE_API_URL,
        subscriptionKey: settings.POWEROFFICE_SUBSCRIPTION_KEY,
        tokens,
        gate,
        oneAtATime: held.oneAtATime,
        watch: contract,
      })
  }
  const powerOffice = { push: powerOfficeOf('push'), bulk: powerOfficeOf('bulk') }

  return {
    tenant,
    isOver,
    serves: {
      organization: identityOf(tribeProfile.organizationId),
      client: identityOf(powerOfficeProfile.clientId),
    },
    isSpent: () => total.tribe + total.powerOffice >= MOST_CALLS || total.statements >= MOST_STATEMENTS,
    tellsEvents: tenantSettings.events.url !== null,
    credentials: `${tenant.sealedTribe} ${tenant.sealedClientKey}`,
    undoSource: {
      links: () => linksOf(databaseOf(noUsage()), tenantId).pages(),
      written: (from) => timelineOf(databaseOf(noUsage()), tenantId).writtenToCrm(from),
    },
    contextFor({ lane }, used = newTrace()) {
      const workingRows = workingNow(memberRows)
      const tellableRows = workingNow(toldRows(fieldRows))
      const own = { own: ownOf([...workingRows, ...tellableRows]), onOwnRefused: () => noteVanished(ctx) }
      const ctx: SyncContext = assemble({
        tenantId,
        marks,
        db: databaseOf(used),
        held,
        ahead,
        tribe: tribeFor(lane, used, own),
        tribeProfile,
        async keepDialect(dialect) {
          const profile = { ...tribeProfile, dialect, hasMetadata: true }
          await tenantsIn(databaseOf(used)).keepTribe(tenantId, profile)
          held.cache.clear()
          held.fence.raise()
        },
        fingerprint,
        life: { id: life.id, earlierUntil: life.earlierWroteAt + settings.CALL_TIMEOUT_MS },
        noteTold: (entries) => noteTold(used, entries),
        stillHolds: mayWrite,
        settings: tenantSettings,
        fieldRows,
        workingRows,
        tellableRows,
        before,
        contract,
        tribeReading: (rows) =>
          tribeFor(lane, used, {
            own: ownOf([
              ...rows.filter(({ powerOfficeField }) => isMember(powerOfficeField)),
              ...toldRows(rows),
            ]),
            onOwnRefused: async () => undefined,
          }),
        powerOffice: powerOffice[lane](used),
        powerOfficeProfile,
        webhook: { url: `${settings.PUBLIC_URL}/webhooks/tribe/${tenantId}`, secret: webhookSecret },
      })
      return ctx
    },
  }
}
