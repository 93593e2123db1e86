import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JOB_KINDS, type JobKind } from '../../src/shared/job-kinds'
import { idsOf, type JobSubject, readSubject, subjectText } from '../../src/shared/subjects'

const tribe = { side: 'tribe', id: 't-1' } as const
const books = { side: 'powerOffice', id: '4711' } as const
const KEPT: [JobKind, string, JobSubject][] = [
  ['poll-tribe', '', { of: 'all' }],
  ['poll-tribe', 'Activity_Invoice', { of: 'part', name: 'Activity_Invoice' }],
  ['customer', 'tribe:t-1', { of: 'record', ...tribe, detail: null }],
  ['contactPerson', 'powerOffice:4711:12', { of: 'record', ...books, detail: '12' }],
  ['notice', 'tribe:t-1:invoice.reversed', { of: 'record', ...tribe, detail: 'invoice.reversed' }],
  [
    'relink',
    'contactPerson:t-1:4711:12',
    { of: 'pair', kind: 'contactPerson', tribeId: 't-1', powerOfficeId: '4711', parentId: '12' },
  ],
  ['recreate', 'invoice:tribe:t-1', { of: 'half', kind: 'invoice', ...tribe, parentId: null }],
  ['export-invoices', '2026-01-01:2026-02-01', { of: 'days', from: '2026-01-01', to: '2026-02-01' }],
  [
    'undo-change',
    'product:t-1:books:a+b',
    { of: 'change', kind: 'product', tribeId: 't-1', side: 'books', kept: ['a', 'b'] },
  ],
  ['alert', 'tenant-webhook', { of: 'part', name: 'tenant-webhook' }],
]

describe('a subject', () => {
  test.each(KEPT)('of a job %s is stored as %j, and read as what it says', (kind, text, subject) => {
    expect(readSubject(kind, text)).toEqual(subject)
    expect(subjectText(subject)).toBe(text)
  })

  test('of any kind and any spelling is read without a fault, and stored as it was', () => {
    const id = fc.stringMatching(/^[\w-]{1,8}$/)
    const side = fc.constantFrom('tribe', 'powerOffice')
    const record = fc.tuple(side, id).map((parts) => parts.join(':'))
    fc.assert(
      fc.property(fc.constantFrom(...JOB_KINDS), record, (kind, text) => {
        const read = readSubject(kind, text)
        if (read.of === 'record' || read.of === 'part' || read.of === 'days')
          expect(subjectText(read)).toBe(text)
      }),
    )
  })
})

test.each([
  [{ kind: 'customer', subject: 'tribe:t-1' }, 't-1', null],
  [{ kind: 'contactPerson', subject: 'powerOffice:4711:12' }, null, '4711'],
  [{ kind: 'recreate', subject: 'customer:powerOffice:4711' }, null, '4711'],
  [{ kind: 'relink', subject: 'customer:t-1:4711' }, 't-1', '4711'],
  [{ kind: 'undo-change', subject: 'customer:t-1:crm:a' }, 't-1', null],
  [{ kind: 'tribe-changed', subject: 't-1' }, 't-1', null],
  [{ kind: 'export-invoices', subject: '2026-01-01:2026-02-01' }, null, null],
  [{ kind: 'poll-tribe', subject: '' }, null, null],
  [{ kind: 'of an older version', subject: 'tribe:t-1' }, null, null],
])('%j names Tribe’s %s and PowerOffice’s %s', (job, tribeId, powerOfficeId) => {
  expect(idsOf(job)).toEqual({ tribeId, powerOfficeId })
})
