/** How an integration is let into clients: Initiate, the user at PowerOffice's page, Finalize. */
import type { Books } from './books'
import { isObject, type Json, type JsonObject } from './json'
import { Problem } from './problem'
import type { Random } from './random'
import type { Match } from './spec'
import { validate } from './validate'

export type OnboardingStatus =
  | 'Success'
  | 'Canceled'
  | 'ClientNotFound'
  | 'NoClientAccess'
  | 'IntegrationBlocked'

interface Asked {
  redirectUri: string
  organizationNo: string | null
  until: number
}
interface Granted {
  clients: Books[]
  until: number
}

export interface OnboardingQuirks {
  /** Whether a token comes along with a status that is none of success. */
  tokenAlways: boolean
  /** A token may be traded again, as after an answer that was lost. */
  tokensStay: boolean
}

const PAGE_LASTS_MS = 15 * 60_000
const TOKEN_LASTS_MS = 5 * 60_000

export class Onboarding {
  /** Return addresses that the API team has allowed; what follows the path does not count. */
  readonly redirectUris: string[] = []
  readonly quirks: OnboardingQuirks = { tokenAlways: false, tokensStay: false }
  private readonly asked = new Map<string, Asked>()
  private readonly granted = new Map<string, Granted>()

  constructor(
    private readonly of: {
      random: Random
      now: () => number
      applicationKey: string
      clients: () => readonly Books[]
    },
  ) {}

  /** Answers one of the two calls; throws a Problem. */
  answer(
    { operation }: Match,
    content: Json,
    given: { origin: string; authorization: string | undefined; violation: (text: string) => void },
  ): Json {
    if (given.authorization !== undefined) given.violation('onboarding takes no bearer token')
    const faults = validate(operation.body?.schema ?? {}, content)
    for (const { path, message } of faults) given.violation(`${path} ${message}`)
    if (!isObject(content) || faults.length > 0)
      throw new Problem(400, 'Invalid body', 'The body does not fit its model.')
    return operation.name.endsWith('Initiate') ? this.initiate(content, given.origin) : this.finalize(content)
  }

  private initiate(body: JsonObject, origin: string): Json {
    if (body.ApplicationKey !== this.of.applicationKey)
      throw new Problem(400, 'Onboarding failed.', 'Invalid application key.')
    const redirectUri = String(body.RedirectUri ?? '')
    const isAllowed =
      URL.canParse(redirectUri) && this.redirectUris.some((uri) => placeOf(uri) === placeOf(redirectUri))
    if (!isAllowed) throw new Problem(400, 'Onboarding failed.', 'The redirect uri is not whitelisted.')
    const id = this.of.random.hex(32)
    const until = this.of.now() + PAGE_LASTS_MS
    const organizationNo = typeof body.ClientOrganizationNo === 'string' ? body.ClientOrganizationNo : null
    this.asked.set(id, { redirectUri, organizationNo, until })
    return {
      TemporaryUrl: `${origin}/onboarding?id=${id}`,
      ValidUntilDateTimeOffset: new Date(until).toISOString(),
    }
  }

  /** What a user does at the page; gives where the browser goes next. */
  decide(page: string, status: OnboardingStatus, clients: readonly Books[]): string {
    const id = new URL(page).searchParams.get('id') ?? ''
    const asked = this.asked.get(id)
    if (!asked || this.of.now() >= asked.until) throw new Error('The onboarding page is not there any more')
    this.asked.delete(id)
    const picked = clients.filter(
      ({ organization }) =>
        asked.organizationNo === null || organization.OrganizationNumber === asked.organizationNo,
    )
    const outcome = status === 'Success' && picked.length === 0 ? 'ClientNotFound' : status
    const next = new URL(asked.redirectUri)
    next.searchParams.set('status', outcome)
    if (outcome === 'Success' || this.quirks.tokenAlways) {
      const token = this.of.random.hex(48)
      const granted = outcome === 'Success' ? picked : []
      this.granted.set(token, { clients: granted, until: this.of.now() + TOKEN_LASTS_MS })
      next.searchParams.set('token', token)
    }
    return next.toString()
  }

  private finalize(body: JsonObject): Json {
    const token = String(body.OnboardingToken ?? '')
    const granted = this.granted.get(token)
    if (!granted || this.of.now() >= granted.until)
      throw new Problem(400, 'Onboarding failed.', 'Invalid onboarding token.')
    if (!this.quirks.tokensStay) this.granted.delete(token)
    return {
      UserEmail: 'kari.regnskap@byraa.example',
      OnboardedClientsInformation: granted.clients.map((books) => ({
        ClientName: books.name,
        ClientOrganizationNumber: books.organization.OrganizationNumber ?? null,
        ClientKey: books.letIn(),
      })),
    }
  }
}

const placeOf = (uri: string): string => {
  const { protocol, host, pathname } = new URL(uri)
  return `${protocol}//${host}${pathname}`
}
