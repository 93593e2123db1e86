import type { LinkState } from '../db/links'
import type { SyncContext } from '../sync-step'
import { setOfType } from '../tribe/sets'

/** Which company is which in the other system: contact persons belong to one. */
export interface Companies {
  /**
   * The PowerOffice id of an organisation of Tribe's; null when it is not linked. An organisation can be
   * two contacts there, and one whose role is gone in Tribe keeps its persons: `heldBy` is where this one is.
   */
  inPowerOffice(organizationId: string, heldBy?: string | null): Promise<string | null>
  /** The organisation in Tribe of a contact of PowerOffice's; null when it is not linked, or a person. */
  inTribe(contactId: string): Promise<string | null>
  /** Takes it that these contacts are these organisations, linked or not: a preview has no links. */
  assume(organizationOf: ReadonlyMap<string, string | null>): void
  /** Looks up many, a thousand in a query. */
  preload(ids: { organizationIds?: readonly string[]; contactIds?: readonly string[] }): Promise<void>
}

const known = new WeakMap<SyncContext, Companies>()

/** Remembers what it found for as long as the context lives: one run of a job. */
export function companiesOf(ctx: SyncContext): Companies {
  const companies = known.get(ctx) ?? create(ctx)
  known.set(ctx, companies)
  return companies
}

const isCompany = (link: LinkState) => link.kind === 'customer' || link.kind === 'supplier'
const isLinked = (link: LinkState) => link.state === 'linked'
const isOrganization = (link: LinkState) => link.tribeType.startsWith('Relationship.Organization')
/** A company that is both has two links; its customer's is asked first. */
const customersFirst = (a: LinkState, b: LinkState) => a.kind.localeCompare(b.kind)

/** Each id once, in portions that fit a query. */
function thousands(ids: readonly string[]): string[][] {
  const all = [...new Set(ids)]
  return Array.from({ length: Math.ceil(all.length / 1000) }, (_, n) => all.slice(n * 1000, n * 1000 + 1000))
}

function create(ctx: SyncContext): Companies {
  const toPowerOffice = new Map<string, LinkState[]>()
  const toTribe = new Map<string, string | null>()

  const organizationOf = async (link: LinkState | undefined): Promise<string | null> => {
    if (!link) return null
    if (link.tribeRelationId) return link.tribeRelationId
    // Tribe's answer to the create did not name it (tribe/API.md §2.7).
    const role = await ctx.tribe.findRole(setOfType(link.tribeType), link.tribeId)
    return role?.Organization?.ID ?? null
  }

  return {
    async inPowerOffice(organizationId, heldBy = null) {
      if (!toPowerOffice.has(organizationId)) await this.preload({ organizationIds: [organizationId] })
      const links = toPowerOffice.get(organizationId) ?? []
      if (links.some((link) => link.powerOfficeId === heldBy)) return heldBy
      return links.find(isLinked)?.powerOfficeId ?? null
    },
    async inTribe(contactId) {
      if (!toTribe.has(contactId)) await this.preload({ contactIds: [contactId] })
      return toTribe.get(contactId) ?? null
    },
    assume(known) {
      for (const [contactId, organizationId] of known) toTribe.set(contactId, organizationId)
    },
    async preload({ organizationIds = [], contactIds = [] }) {
      // Nothing is noted before all of it is known: others ask at the same time.
      for (const ids of thousands(organizationIds)) {
        const links = (await ctx.links.amongRelations(ids)).filter(isCompany).sort(customersFirst)
        for (const id of ids)
          toPowerOffice.set(
            id,
            links.filter((link) => link.tribeRelationId === id),
          )
      }
      for (const ids of thousands(contactIds)) {
        const both = [
          await ctx.links.amongPowerOffice('supplier', ids),
          await ctx.links.amongPowerOffice('customer', ids),
        ]
        const found = new Map<string, string | null>()
        for (const link of both.flat().filter(isLinked).filter(isOrganization))
          found.set(link.powerOfficeId, await organizationOf(link))
        for (const id of ids) toTribe.set(id, found.get(id) ?? null)
      }
    },
  }
}
