import { type ActTool, ApiRefusal, type Ask, Ids, of, pages, queryOf, type ReadTool, text } from './mcp-tool'
import { TRYING_ACTS, TRYING_READS } from './mcp-tries'
import { Kind } from './record-answer'
import * as z from './zod'

/**
 * What an assistant can ask and do, each by calls of our own API with the token of whoever it speaks for: what is
 * allowed, checked and written in the audit trail is the API's, and cannot differ.
 */

interface Status {
  problems: unknown[]
  comparison: unknown
  jobs: unknown
  state: string
}
const statusOf = async (ask: Ask, at: string) => (await ask('GET', `${at}/status`)) as Status

export const READS: Readonly<Record<string, ReadTool>> = {
  status: {
    title: 'How a company is doing',
    description:
      'State, freshness, what is due, waiting and parked, progress of the first load, and what is wrong.',
    input: of({}),
    read: statusOf,
  },
  problems: {
    title: 'What needs a person',
    description: 'Each problem with its code, cause and next step, and the job that would try again.',
    input: of({ ...pages }),
    read: async (ask, at, given) => ({
      problems: (await statusOf(ask, at)).problems,
      parked: await ask(
        'GET',
        `${at}/jobs${queryOf({ ...given, state: 'parked' }, ['state', 'page', 'pageSize'])}`,
      ),
    }),
  },
  find_records: {
    title: 'Find records',
    description: 'Customers, suppliers, contact persons, products or invoices by name, number or id.',
    input: of({ kind: Kind, q: text(100), page: pages.page }),
    read: (ask, at, given) => ask('GET', `${at}/records/search${queryOf(given, ['kind', 'q', 'page'])}`),
  },
  record: {
    title: 'One record',
    description:
      'Its link, its history, and what stands in its way. Give tribeId or powerOfficeId. With values, both systems are asked, where the relay can.',
    input: of({ kind: Kind, ...Ids, values: z.boolean().optional() }),
    read: (ask, at, given) =>
      ask('GET', `${at}/records${queryOf(given, ['kind', 'tribeId', 'powerOfficeId', 'values'])}`),
  },
  timeline: {
    title: 'What happened lately',
    description: 'To all records of a company, the newest first.',
    input: of({ ...pages }),
    read: (ask, at, given) => ask('GET', `${at}/timeline${queryOf(given, ['page', 'pageSize'])}`),
  },
  comparison: {
    title: 'Both systems side by side',
    description: 'Counts and sums of the last nightly comparison.',
    input: of({}),
    read: async (ask, at) => ({ comparison: (await statusOf(ask, at)).comparison }),
  },
  settings: {
    title: 'Settings',
    description: 'What is synced, and how.',
    input: of({}),
    read: (ask, at) => ask('GET', `${at}/settings`),
  },
  checklist: {
    title: 'What activation needs',
    description: 'Step by step, and which are open.',
    input: of({}),
    read: async (ask, at) => ({ checklist: await ask('GET', `${at}/checklist`) }),
  },
  ...TRYING_READS,
}

interface Parked {
  jobs: { id: string; code: string | null }[]
}
const MOST_JOBS = 500
const MOST_SHOWN = 50

export const ACTS: Readonly<Record<string, ActTool>> = {
  retry: {
    title: 'Try again',
    description: 'Tries one parked job again (jobId), those of one code (code), or all.',
    input: of({ jobId: text(50).regex(/^\d+$/).optional(), code: text(100).optional() }),
    async preview(ask, at, { jobId, code }) {
      const { jobs } = (await ask('GET', `${at}/jobs?state=parked&pageSize=${MOST_JOBS}`)) as Parked
      const meant = jobs.filter((job) =>
        jobId === undefined ? code === undefined || job.code === code : job.id === jobId,
      )
      return { wouldRetry: meant.length, jobs: meant.slice(0, MOST_SHOWN) }
    },
    act: (ask, at, { jobId, code }) =>
      jobId === undefined
        ? ask('POST', `${at}/jobs/retry`, code === undefined ? {} : { code })
        : ask('POST', `${at}/jobs/${jobId}/retry`),
  },
  relink: {
    title: 'Tie a pair together',
    description: 'Links a record of Tribe with one of PowerOffice, whatever stood there before.',
    input: of({ kind: Kind, tribeId: text(100), powerOfficeId: text(100) }),
    async preview(ask, at, { kind, tribeId, powerOfficeId }) {
      const known = (query: Record<string, unknown>) =>
        ask('GET', `${at}/records${queryOf(query, ['kind', 'tribeId', 'powerOfficeId'])}`).catch((thrown) => {
          if (thrown instanceof ApiRefusal && thrown.code === 'record.unknown') return null
          throw thrown
        })
      return {
        wouldLink: { kind, tribeId, powerOfficeId },
        tribeNow: linkOf(await known({ kind, tribeId })),
        powerOfficeNow: linkOf(await known({ kind, powerOfficeId })),
      }
    },
    act: (ask, at, { kind, tribeId, powerOfficeId }) =>
      ask('POST', `${at}/records/relink`, { kind, tribeId, powerOfficeId }),
  },
  sync: {
    title: 'Sync now',
    description:
      'Looks for changes now, instead of with the next tick. `unlinked` also sends to PowerOffice what only Tribe has.',
    input: of({
      what: z.enum(['relations', 'products', 'payments', 'unlinked', 'compare', 'everything']),
    }),
    async preview(ask, at, { what }) {
      const { state } = await statusOf(ask, at)
      if (state === 'setup')
        throw new ApiRefusal(409, 'tenant.not_active', 'The company is not activated yet')
      return { wouldSync: what, state }
    },
    act: (ask, at, { what }) => ask('POST', `${at}/sync`, { what }),
  },
  ...TRYING_ACTS,
}

function linkOf(record: unknown) {
  if (typeof record !== 'object' || record === null) return null
  const { tribeId, powerOfficeId, number, state } = record as Record<string, unknown>
  return { tribeId, powerOfficeId, number, state }
}
