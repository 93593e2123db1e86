import type { LinkState } from '../db/links'
import type { SyncContext } from '../sync-step'
import { setOfType } from '../tribe/sets'

/** Which company is which in the other system: contact persons belong to one. */
export interface Companies {
  /** The PowerOffice id of an organisation of Tribe's; null when it is not linked. */
  inPowerOffice(organizationId: string): Promise<string | null>
  /** The organisation in Tribe of a contact of PowerOffice's; null when it is not linked, or a person. */
  inTribe(contactId: string): Promise<string | null>
  /** Looks up many in one query each. */
  preload(ids: { organizationIds?: readonly string[]; contactIds?: readonly string[] }): Promise<void>
}

const known = new WeakMap<SyncContext, Companies>()

/** Remembers what it found for as long as the context lives: one run of a job. */
export function companiesOf(ctx: SyncContext): Companies {
  const companies = known.get(ctx) ?? create(ctx)
  known.set(ctx, companies)
  return companies
}

const isCompany = (link: LinkState) =>
  link.state === 'linked' && (link.kind === 'customer' || link.kind === 'supplier')
const isOrganization = (link: LinkState) => link.tribeType.startsWith('Relationship.Organization')
/** A company that is both has two links; its customer's is asked first. */
const customersFirst = (a: LinkState, b: LinkState) => a.kind.localeCompare(b.kind)

function create(ctx: SyncContext): Companies {
  const toPowerOffice = new Map<string, string | null>()
  const toTribe = new Map<string, string | null>()

  const organizationOf = async (link: LinkState | undefined): Promise<string | null> => {
    if (!link) return null
    if (link.tribeRelationId) return link.tribeRelationId
    // Tribe's answer to the create did not name it (tribe-api §2.7).
    const role = await ctx.tribe.findRole(setOfType(link.tribeType), link.tribeId)
    return role?.Organization?.ID ?? null
  }

  return {
    async inPowerOffice(organizationId) {
      if (!toPowerOffice.has(organizationId)) await this.preload({ organizationIds: [organizationId] })
      return toPowerOffice.get(organizationId) ?? null
    },
    async inTribe(contactId) {
      if (!toTribe.has(contactId)) await this.preload({ contactIds: [contactId] })
      return toTribe.get(contactId) ?? null
    },
    async preload({ organizationIds = [], contactIds = [] }) {
      if (organizationIds.length > 0) {
        for (const id of organizationIds) toPowerOffice.set(id, null)
        const links = (await ctx.links.amongRelations(organizationIds))
          .filter(isCompany)
          .sort(customersFirst)
          .reverse()
        for (const link of links)
          if (link.tribeRelationId) toPowerOffice.set(link.tribeRelationId, link.powerOfficeId)
      }
      if (contactIds.length > 0) {
        for (const id of contactIds) toTribe.set(id, null)
        const both = [
          await ctx.links.amongPowerOffice('supplier', contactIds),
          await ctx.links.amongPowerOffice('customer', contactIds),
        ]
        for (const link of both.flat().filter(isCompany).filter(isOrganization))
          toTribe.set(link.powerOfficeId, await organizationOf(link))
      }
    },
  }
}
