import type { LinkState } from '../../src/db/links'

/** A link as it is stored, of a customer unless told otherwise. */
export const aLink = (tribeId: string, change: Partial<LinkState> = {}): LinkState => ({
  kind: 'customer',
  tribeId,
  tribeType: 'Relationship.Organization.CommercialRelationship.Customer',
  tribeRelationId: null,
  powerOfficeId: `p-${tribeId}`,
  powerOfficeParentId: null,
  number: '10001',
  bases: {},
  state: 'linked',
  powerOfficeChangedAt: null,
  recent: [],
  createdAt: '2026-03-02T07:00:00.000Z',
  syncedAt: '2026-03-02T07:00:00.000Z',
  ...change,
})
