/**
 * Everything that can go wrong around the relay, by name: what it is, where it strikes, and how it is switched
 * on. The same for a story over HTTP and for a run in simulated time; what strikes the relay's own ground (D1,
 * its objects) needs a world that has that ground at hand.
 */
import type { Active, Fault, FaultName, Faults } from './kit'
import type { FakePowerOffice, PowerOfficeClientBooks } from './poweroffice'
import type { FakeTribe, TribeEnvironment, TribeOptions } from './tribe'

/** What can befall a query. */
export type D1FaultName =
  | 'fails' // before effect
  | 'fails-after' // it took effect
  | 'hangs' // for a minute and a half

/** What the relay stands on. */
export interface Ground {
  d1: Faults<D1FaultName>
  /** The tenant's object is cut off in whatever it does; its storage stays. */
  reset(): void
  loseAlarm(): void
  throwAlarms(count: number): void
  /** All objects are cut off. */
  deploy(): void
}

/** One tenant, as faults find it. */
export interface Stricken {
  tribe: FakeTribe
  crm: TribeEnvironment
  powerOffice: FakePowerOffice
  books: PowerOfficeClientBooks
  /** What users do between two pages. */
  users?: { insert(): void; edit(): void; remove(): void }
  ground?: Ground
  /** A custom field in Tribe that an admin may do something to. */
  field?: { type: string; name: string }
  /** Who may leave. */
  employeeId?: number
}

/** Which of the calls, deliveries or queries; default: every one, once. */
export interface Where {
  system?: 'tribe' | 'powerOffice'
  on?: RegExp
  times?: number
  probability?: number
  skip?: number
  delayMs?: number
}

export type Place = 'answer' | 'data' | 'webhook' | 'access' | 'clock' | 'D1' | 'object'

export interface Kind {
  says: string
  place: Place
  /** What goes wrong is over by itself, and nobody has to mend anything. */
  needsAdmin?: true
  strike(world: Stricken, where: Where): Active
}

const LISTS = { tribe: /^GET .*[?&](\$|%24)?top=/, powerOffice: /^GET .*PageSize=/ }
/** Longer than the relay waits for an answer. */
const TOO_LONG_MS = 45_000
const SKEW_MS = 5 * 60_000

function atCalls(
  { tribe, crm, powerOffice, books }: Stricken,
  { system, ...where }: Where,
  fault: Fault,
): Active {
  const sides = [
    ...(system === 'powerOffice' ? [] : [tribe.faults.add({ ...fault, ...where, account: crm.id })]),
    ...(system === 'tribe' ? [] : [powerOffice.faults.add({ ...fault, ...where, account: books.clientKey })]),
  ]
  return {
    struck: () => sides.reduce((sum, side) => sum + side.struck(), 0),
    lift: () => {
      for (const side of sides) side.lift()
    },
  }
}

const answer = (says: string, name: FaultName, more: { delayMs?: number; needsAdmin?: true } = {}): Kind => {
  const { needsAdmin, ...fault } = more
  return {
    says,
    place: 'answer',
    ...(needsAdmin ? { needsAdmin } : {}),
    strike: (world, where) => atCalls(world, where, { name, ...fault }),
  }
}

/** What only one of the systems is known to do. */
const only = (system: 'tribe' | 'powerOffice', kind: Kind): Kind => ({
  ...kind,
  strike: (world, where) => kind.strike(world, { ...where, system }),
})

/** Something that users do right after a page was read. */
const betweenPages = (says: string, deed: 'insert' | 'edit' | 'remove'): Kind => ({
  says,
  place: 'data',
  strike: (world, { system = 'powerOffice', ...where }) => {
    const act = () => world.users?.[deed]()
    return atCalls(world, { on: LISTS[system], ...where, system }, { name: 'meanwhile-after', act })
  },
})

const delivery = (says: string, name: 'dropped' | 'doubled' | 'reordered' | 'delayed'): Kind => ({
  says,
  place: 'webhook',
  strike: ({ crm }, { system: _, ...where }) => crm.deliveryFaults.add({ name, ...where }),
})

/** Tribe does it another way for a while. */
const option = <Name extends keyof TribeOptions>(
  says: string,
  name: Name,
  value: TribeOptions[Name],
): Kind => ({
  says,
  place: 'webhook',
  strike: ({ crm }) => {
    const before = crm.options[name]
    const heard = crm.deliveries.length
    crm.options[name] = value
    const struck = () => Math.max(1, crm.deliveries.length - heard)
    return { struck, lift: () => Object.assign(crm.options, { [name]: before }) }
  },
})

const once = (lift: () => void = () => undefined): Active => ({ struck: () => 1, lift })

const skew = (says: string, ms: number): Kind => ({
  says,
  place: 'clock',
  strike: ({ tribe, powerOffice }, { system }) => {
    const { clock } = system === 'tribe' ? tribe : powerOffice
    clock.advance(ms)
    return once(() => clock.advance(-ms))
  },
})

const query = (says: string, name: D1FaultName): Kind => ({
  says,
  place: 'D1',
  strike: (world, { system: _, ...where }) => groundOf(world).d1.add({ name, ...where }),
})

/** The object is struck while a call is on its way. */
const object = (says: string, strike: (ground: Ground) => void): Kind => ({
  says,
  place: 'object',
  strike: (world, where) => {
    const ground = groundOf(world)
    return atCalls(world, where, { name: 'meanwhile-after', act: () => strike(ground) })
  },
})

function fieldOf({ field }: Stricken): { type: string; name: string } {
  if (!field) throw new Error('this world has no custom field')
  return field
}

function groundOf({ ground }: Stricken): Ground {
  if (!ground) throw new Error('this world has no ground that could be struck')
  return ground
}

export const CATALOGUE = {
  'rate-limited': answer('429 with Retry-After: 1.', 'rate-limited'),
  'rate-limited-bare': answer('429 without Retry-After.', 'rate-limited-bare'),
  'tribe-429-date': only('tribe', answer('429 with a Retry-After that is a date.', 'rate-limited-date')),
  'tribe-429-bare': only(
    'tribe',
    answer('429 without Retry-After: a minute, by what Tribe says.', 'rate-limited-bare'),
  ),
  'tribe-window': {
    says: 'Another integration of the same application has used up what a minute allows.',
    place: 'access',
    strike: ({ crm }) => {
      crm.useUpWindow()
      return { struck: () => 1, lift: () => undefined }
    },
  },
  unavailable: answer('503, and nothing was done.', 'unavailable'),
  'error-before': answer('500, and nothing was done.', 'error-before'),
  'error-after': answer('500, and it was done all the same.', 'error-after'),
  'lost-before': answer('The connection is closed before anything is done.', 'lost-before'),
  'lost-after': answer('It is done, and the connection is closed before the answer.', 'lost-after'),
  slow: answer('It is done at once, and answered when nobody waits any more.', 'slow-after', {
    delayMs: TOO_LONG_MS,
  }),
  late: answer('It is done only after the caller has given up.', 'slow-before', { delayMs: TOO_LONG_MS }),
  truncated: answer('The JSON of the answer is cut in the middle.', 'truncated'),
  html: answer('502 with a page of HTML.', 'html'),
  'wrong-content-type': answer('The right body, said to be text/plain.', 'wrong-content-type'),
  empty: answer('200 without a body.', 'empty'),
  redirect: answer('302 to elsewhere.', 'redirect'),
  'unauthorized-once': answer('401 though the token is good.', 'unauthorized'),
  forbidden: answer('403: a right was taken away.', 'forbidden', { needsAdmin: true }),

  'token-expires': {
    says: 'The token ends in the middle of a list.',
    place: 'access',
    strike: (world, { system = 'powerOffice', ...where }) => {
      const { crm, powerOffice, books } = world
      const act = system === 'tribe' ? () => crm.revokeTokens() : () => powerOffice.endTokens(books)
      return atCalls(world, { on: LISTS[system], ...where, system }, { name: 'meanwhile-before', act })
    },
  },
  'key-revoked': {
    says: 'The credentials are taken back, until somebody mends that.',
    place: 'access',
    needsAdmin: true,
    strike: ({ crm, books }, { system }) => {
      if (system === 'tribe') {
        crm.revokeCredentials()
        return once(() => crm.restoreCredentials())
      }
      const before = books.quirks.revokeTokensToo
      books.quirks.revokeTokensToo = true
      books.revokeKey()
      return once(() => {
        books.restoreKey()
        books.quirks.revokeTokensToo = before
      })
    },
  },

  'stale-replica': {
    says: 'Lists and filters show a write only a second and a half later.',
    place: 'data',
    strike: ({ powerOffice }) => {
      const before = powerOffice.replicaLagMs
      powerOffice.replicaLagMs = 1500
      return once(() => Object.assign(powerOffice, { replicaLagMs: before }))
    },
  },
  'entry-late': {
    says: 'The list of a match leaves out entries of the last half hour, of which balances know.',
    place: 'data',
    strike: ({ books }) => {
      const before = books.quirks.entriesShowAfterMs
      books.quirks.entriesShowAfterMs = 30 * 60_000
      return once(() => Object.assign(books.quirks, { entriesShowAfterMs: before }))
    },
  },
  'stale-list': {
    says: 'Lists of Tribe show a write only five seconds later.',
    place: 'data',
    strike: ({ crm }) => {
      crm.lagLists(5000)
      return once(() => crm.lagLists(0))
    },
  },
  'insert-between-pages': betweenPages('A record is made while a list is read.', 'insert'),
  'edit-between-pages': betweenPages('A record is changed while a list is read.', 'edit'),
  'delete-between-pages': betweenPages('A record is deleted while a list is read.', 'remove'),
  'page-short': {
    says: 'A page of a list holds only half of its rows.',
    place: 'data',
    strike: (world, { system = 'powerOffice', ...where }) =>
      atCalls(world, { on: LISTS[system], ...where, system }, { name: 'short' }),
  },

  'pdf-late': {
    says: 'Tribe and PowerOffice make the PDF of an invoice long after it was sent.',
    place: 'data',
    strike: ({ crm, books }) => {
      crm.options.invoicePdf = 'later'
      books.quirks.pdfAfterMs = 7 * 86_400_000
      return once(() => {
        crm.options.invoicePdf = 'at-once'
        books.quirks.pdfAfterMs = 0
        crm.makeMissingPdfs()
      })
    },
  },
  'zip-broken': {
    says: 'The zip with the PDF of an invoice is cut in its middle.',
    place: 'data',
    strike: ({ books }) => {
      books.quirks.zipBroken = true
      return once(() => Object.assign(books.quirks, { zipBroken: false }))
    },
  },
  'attachment-refused': {
    says: 'No order takes a file.',
    place: 'data',
    needsAdmin: true,
    strike: ({ books }) => {
      books.quirks.refusesAttachments = /./
      return once(() => Object.assign(books.quirks, { refusesAttachments: null }))
    },
  },
  'elma-refuses': {
    says: 'Nobody is registered to receive EHF.',
    place: 'data',
    strike: ({ books }) => {
      books.emptyElma(true)
      return once(() => books.emptyElma(false))
    },
  },
  'pdf-too-large': {
    says: 'The PDF of an invoice is larger than PowerOffice takes.',
    place: 'data',
    needsAdmin: true,
    strike: ({ crm }) => {
      crm.options.invoicePdfBytes = 31_000_000
      return once(() => Object.assign(crm.options, { invoicePdfBytes: 0 }))
    },
  },

  'custom-field-vanished': {
    says: 'An admin of Tribe deletes a custom field, and makes it again.',
    place: 'data',
    strike: (world) => {
      const { type, name } = fieldOf(world)
      return once(world.crm.dropField(type, name))
    },
  },
  'custom-field-retyped': {
    says: 'An admin of Tribe makes a custom field anew as one of another kind.',
    place: 'data',
    needsAdmin: true,
    strike: (world) => {
      const { type, name } = fieldOf(world)
      return once(world.crm.retypeField(type, name, 'boolean'))
    },
  },
  'employee-archived': {
    says: 'An employee leaves, and is archived in PowerOffice.',
    place: 'data',
    needsAdmin: true,
    strike: ({ books, employeeId }) => {
      if (employeeId === undefined) throw new Error('this world has no employee who could leave')
      books.editEmployee(employeeId, { IsArchived: true })
      return once(() => books.editEmployee(employeeId, { IsArchived: false }))
    },
  },

  'clock-ahead': skew('The clock of the other side is five minutes ahead.', SKEW_MS),
  'clock-behind': skew('The clock of the other side is five minutes behind.', -SKEW_MS),

  'webhook-dropped': delivery('A webhook never comes.', 'dropped'),
  'webhook-doubled': delivery('A webhook comes twice.', 'doubled'),
  'webhook-reordered': delivery('A webhook comes after the one that followed it.', 'reordered'),
  'webhook-delayed': delivery('A webhook comes an hour late.', 'delayed'),
  'webhook-minimal': option('Webhooks hold nothing but an id.', 'payloadStyle', 'minimal'),
  'webhook-edge': option('Of a link, webhooks name only the link itself.', 'payloadStyle', 'edge'),
  'echo-off': option('No webhook tells of what the relay wrote.', 'echo', false),
  'webhook-gone': {
    says: 'Somebody has deleted our webhooks at Tribe.',
    place: 'webhook',
    strike: ({ crm }) => {
      crm.removeWebhooks()
      return once()
    },
  },

  'd1-fails': query('A query fails, and did nothing.', 'fails'),
  'd1-fails-after': query('A query fails, and was carried out.', 'fails-after'),
  'd1-hangs': query('A query takes a minute and a half.', 'hangs'),

  evicted: object('The object is cut off in the middle of a call.', (ground) => ground.reset()),
  'alarm-lost': object('The alarm of the object never comes.', (ground) => ground.loseAlarm()),
  'alarm-throws': object('The alarm ends in an exception, twenty times.', (ground) => ground.throwAlarms(20)),
  deploy: object('A new version cuts off all objects, wherever they are.', (ground) => ground.deploy()),
} as const satisfies Readonly<Record<string, Kind>>

export type KindName = keyof typeof CATALOGUE
export const KINDS = Object.keys(CATALOGUE) as KindName[]

/** Switches a fault on, for one tenant. */
export function strike(name: KindName, world: Stricken, where: Where = {}): Active {
  const kind: Kind = CATALOGUE[name]
  return kind.strike(world, where)
}
