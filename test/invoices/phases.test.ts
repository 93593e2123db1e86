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
  const chosen = phases({ invoices: { sentPhaseIds: ['z'] }, payments: { paidPhaseId: 'q' } })
  expect([...chosen.sent].sort()).toEqual(['c', 'q', 'r', 'x', 'z'])
  expect(chosen).toMatchObject({ paid: 'q', firstSent: 'z' })
})

test('a draft is never sent', () => {
  expect(phases().sent.has('d')).toBe(false)
  expect(phasesFrom([], TenantSettings.parse({}))).toMatchObject({ paid: null, firstSent: null })
})
