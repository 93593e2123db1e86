import { AT, ID, settings, TRIBE_ID, tenant, units, vat } from './company'
import { audit } from './running'

/** Single records of the company. */

const decision = { action: 'link' as const, tribeId: TRIBE_ID }
export const decisions = { decisions: [{ kind: 'customer' as const, powerOfficeId: '4711', ...decision }] }

export const preview = {
  state: 'done' as const,
  at: AT,
  page: 1,
  pageSize: 100,
  counts: { 'new-in-tribe': 1, 'possible-duplicates': 1 },
  items: [
    {
      kind: 'customer',
      outcome: 'new-in-tribe' as const,
      powerOfficeId: '4711',
      tribeIds: [],
      number: '10001',
      name: 'Havnekroa AS',
      decision,
      toPowerOffice: [],
      duplicates: [{ tribeId: TRIBE_ID, by: 'organizationNumber' as const }],
    },
  ],
}

const pair = { kind: 'customer' as const, tribeId: TRIBE_ID, powerOfficeId: '4711' }
export const relink = pair
export const oneSide = { kind: pair.kind, tribeId: pair.tribeId }

export const record = {
  ...pair,
  tribeRelationId: ID,
  number: '10001',
  state: 'linked' as const,
  syncedAt: AT,
  problem: null,
  because: 'in-step',
  timeline: [
    { at: AT, event: 'updated-tribe', details: { fields: ['name'] } },
    { at: AT, event: 'linked', details: {} },
  ],
}

export const detached = {
  records: [{ ...pair, number: '10001', state: 'poweroffice-gone' as const, since: AT }],
  page: 1,
  pageSize: 100,
}

export const timeline = {
  entries: [{ ...pair, number: '10001', at: AT, event: 'updated-tribe', details: { fields: ['name'] } }],
  page: 1,
  pageSize: 100,
}

export const names = {
  names: [{ kind: 'customer' as const, tribeId: TRIBE_ID, powerOfficeId: '1001', name: 'Havnekroa AS' }],
}

export const found = {
  records: [{ ...pair, number: '10001', name: 'Havnekroa AS', state: 'linked' as const }],
  unreachable: [],
  hasMore: false,
}

export const exported = {
  at: AT,
  tenant: { ...tenant, settings, mappings: { units: units.mappings, vat: vat.mappings } },
  links: [{ ...pair, number: '10001', state: 'linked', bases: { name: 'q0m1Zx…' } }],
  told: [],
  timeline: [{ ...pair, at: AT, event: 'linked', details: {} }],
  jobs: [],
  looks: [{ kind: 'customer', subject: 'powerOffice:4712', reason: 'left-by-admin', at: 1_790_000_000_000 }],
  preview: [],
  cursors: [{ name: 'tribe:Product:cursor', value: AT }],
  audit: audit.entries,
  events: [],
  hours: [],
}
