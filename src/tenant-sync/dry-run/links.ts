import type { KnownInvoice, Link, LinkKind, LinkState, Links } from '../../db/links'

/**
 * Links as they are stored, with those of a dry run over them: what it ties, parts or brings in step is seen by it alone.
 */
export function linksOver(stored: Links, tenantId: string): Links {
  let over: LinkState[] = []
  const removed = new Set<string>()
  const dropped = new Map<LinkKind, Set<string>>()
  const keyOf = ({ kind, tribeId }: Pick<LinkState, 'kind' | 'tribeId'>) => `${kind} ${tribeId}`
  const isAbout = (one: LinkState, other: Pick<LinkState, 'kind' | 'tribeId' | 'powerOfficeId'>) =>
    one.kind === other.kind && (one.tribeId === other.tribeId || one.powerOfficeId === other.powerOfficeId)
  const isFormer = (link: Pick<LinkState, 'kind' | 'tribeId' | 'powerOfficeId'>) =>
    removed.has(keyOf(link)) || over.some((one) => isAbout(one, link))
  const asLink = (link: LinkState): Link => ({ ...link, exportState: link.exportState ?? null, tenantId })
  /** Members that are mapped otherwise now are compared as if for the first time. */
  const shown = <L extends LinkState>(link: L): L => {
    const fields = dropped.get(link.kind)
    if (!fields) return link
    const bases = Object.fromEntries(Object.entries(link.bases).filter(([field]) => !fields.has(field)))
    return { ...link, bases }
  }
  const merged = (rows: readonly Link[], isIt: (link: LinkState) => boolean): Link[] => [
    ...rows.filter((row) => !isFormer(row)).map(shown),
    ...over.filter(isIt).map(asLink),
  ]
  const one = async (found: Promise<LinkState | null>, isIt: (link: LinkState) => boolean) => {
    const mine = over.findLast(isIt)
    if (mine) return mine
    const link = await found
    return link && !isFormer(link) ? shown(link) : null
  }
  const pairs: Links['pairs'] = async (kind) => [
    ...(await stored.pairs(kind)).filter((pair) => !isFormer({ ...pair, kind })),
    ...over.filter((link) => link.kind === kind && link.state === 'linked'),
  ]
  return {
    ...stored,
    pairs,
    findByTribe: (kind, id) =>
      one(
        stored.findByTribe(kind, id),
        (link) => link.kind === kind && (link.tribeId === id || link.tribeRelationId === id),
      ),
    findByPowerOffice: (kind, id) =>
      one(stored.findByPowerOffice(kind, id), (link) => link.kind === kind && link.powerOfficeId === id),
    amongPowerOffice: async (kind, ids) =>
      merged(
        await stored.amongPowerOffice(kind, ids),
        (link) => link.kind === kind && ids.includes(link.powerOfficeId),
      ),
    amongTribe: async (kind, ids) =>
      merged(await stored.amongTribe(kind, ids), (link) => link.kind === kind && ids.includes(link.tribeId)),
    ofTribeId: async (id) => merged(await stored.ofTribeId(id), (link) => link.tribeId === id),
    ofRelation: async (id) => merged(await stored.ofRelation(id), (link) => link.tribeRelationId === id),
    amongRelations: async (ids) =>
      merged(
        await stored.amongRelations(ids),
        (link) => link.tribeRelationId !== null && ids.includes(link.tribeRelationId),
      ),
    invoices: async () => [
      ...(await stored.invoices()).filter((known) => !isFormer({ ...known, kind: 'invoice' })),
      ...over.filter(({ kind }) => kind === 'invoice').map(knownInvoice),
    ],
    counts: async () => ({
      customer: (await pairs('customer')).length,
      supplier: (await pairs('supplier')).length,
      contactPerson: (await pairs('contactPerson')).length,
      product: (await pairs('product')).length,
      invoice: (await pairs('invoice')).length,
    }),
    saveAll: async (links) => {
      for (const link of links) {
        over = [...over.filter((other) => !isAbout(other, link)), link]
        removed.delete(keyOf(link))
      }
    },
    learnRelations: async () => undefined,
    addBases: async () => undefined,
    dropBases: async (kind, fields) => {
      dropped.set(kind, new Set([...(dropped.get(kind) ?? []), ...fields]))
    },
    forget: async () => undefined,
    remove: async (kind, tribeId) => {
      over = over.filter((link) => keyOf(link) !== keyOf({ kind, tribeId }))
      removed.add(keyOf({ kind, tribeId }))
    },
  }
}

const knownInvoice = ({ tribeId, powerOfficeId, state, exportState }: LinkState): KnownInvoice => ({
  tribeId,
  powerOfficeId,
  state,
  stage: exportState?.stage ?? null,
  mode: exportState?.mode ?? null,
  settled: exportState?.settlement?.state ?? null,
  isOwed: exportState?.settlement?.isOwed ? 1 : null,
})
