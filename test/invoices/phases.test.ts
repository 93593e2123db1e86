import { expect, test } from 'vitest'
import { TenantSettings } from '../../src/db/settings'
import { phasesFrom } from '../../src/lookups/phases'

const PHASES = [
  { id: 'd', code: 'Draft', name: 'Concept' },
  { id: 's', code: 'Sent', name: 'Verstuurd' },
  { id: 'r', code: 'FirstReminder', name: '1e herinnering' },
  { id: 'x', code: null, name: 'Tweede aanmaning' },
  { id: 'p', code: 'Paid', name: 'Betaald' },
  { id: 'c', code: 'Credited', name: 'Gecrediteerd' },
]
const phases = (settings: object = {}) => phasesFrom(PHASES, TenantSettings.parse(settings))

test('without a word of the admin, the codes say which phases mean sent and paid', () => {
  expect([...phases().sent].sort()).toEqual(['c', 'p', 'r', 's', 'x'])
  expect(phases()).toMatchObject({ paid: 'p', firstSent: 's' })
})

test('what the admin chose counts, and reminders and what is paid were sent all the same', () => {
  const chosen = phases({ invoices: { sentPhaseIds: ['d'] }, payments: { paidPhaseId: 's' } })
  expect([...chosen.sent].sort()).toEqual(['c', 'd', 'r', 's', 'x'])
  expect(chosen).toMatchObject({ paid: 's', firstSent: 'd' })
})

test('what the admin chose and Tribe does not have is not used, nor another in its place', () => {
  const chosen = phases({ invoices: { sentPhaseIds: ['z', 's'] }, payments: { paidPhaseId: 'q' } })
  expect([...chosen.sent].sort()).toEqual(['c', 'r', 's', 'x'])
  expect(chosen).toMatchObject({ paid: null, firstSent: 's', gone: new Set(['z', 'q']) })
  expect(phases({ invoices: { sentPhaseIds: ['z'] } })).toMatchObject({ paid: 'p', firstSent: null })
  // Tribe shows none at all: nobody can tell.
  const blind = phasesFrom([], TenantSettings.parse({ invoices: { sentPhaseIds: ['z'] } }))
  expect(blind).toMatchObject({ firstSent: 'z', gone: new Set() })
})

test('a draft is never sent', () => {
  expect(phases().sent.has('d')).toBe(false)
  expect(phasesFrom([], TenantSettings.parse({}))).toMatchObject({ paid: null, firstSent: null })
})
