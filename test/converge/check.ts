import { isFilledIn, isTribes } from './filled-in'
import type { Found, Kind, Slice } from './kind'
import { type Hub, type LinkRow, otherSide, SIDES, type Side, type Twin } from './model'
import { isOwn } from './own'
import type { Scene } from './scene'

const REPLACED = /\(([^)]+)\) was replaced by a new record/

/** What is wrong when all should be in step; empty when nothing is. */
export function faultsIn(
  world: Scene & { readonly wrong?: readonly string[] },
  kinds: readonly Kind[],
  slices: readonly Slice[] = [],
): string[] {
  const { model } = world
  const links = model.learn()
  if (world.relay.bugs.length > 0) return [...world.relay.bugs, ...problems(world, slices)]
  const mayRepeat = world.weather.hasLate || world.relay.lives > 1
  return [
    ...world.tribe.violations
      .filter((line) => !mayRepeat || !/needless write/.test(line))
      // A user gave the company an address just before the relay did, or the relay did twice: what it had given up for one
      // role arrived after the other role's look had given it.
      .filter((line) => !world.wasDisturbed(REPLACED.exec(line)?.[1] ?? null))
      .filter((line) => !world.hasTakenBack || !/deleted by API: Address$/.test(line))
      .map((line) => `Tribe: ${line}`),
    ...world.powerOffice.violations
      // What it did just before it was cut off may not show yet, and does no harm when it is done again.
      .filter((line) => !mayRepeat || !/changes nothing/.test(line))
      .map((line) => `PowerOffice: ${line}`),
    ...kinds.flatMap((kind) => SIDES.flatMap((side) => strangers(world, kind, side))),
    ...model.twins.flatMap((twin) => presence(world, twin)),
    ...model.hubs.flatMap((hub) => agreement(world, hub, links)),
    ...kinds.flatMap((kind) => model.hubs.flatMap((hub) => kind.oddities?.(world, hub) ?? [])),
    ...(world.wrong ?? []),
    ...slices.flatMap((slice) => slice.faults?.(world) ?? []),
    ...problems(world, slices),
  ]
}

// ── Nothing twice, nothing lost ─────────────────────────────────────────────

/** Records that nobody made and that are nobody's counterpart, or the second one of somebody. */
function strangers(world: Scene, kind: Kind, side: Side): string[] {
  const twins = world.model.twins.filter((twin) => twin.kind === kind)
  const owner = (found: Found) =>
    twins.find((twin) => idOf(twin, side) === found.id) ??
    twins.find((twin) => found.counterpart !== null && idOf(twin, otherSide(side)) === found.counterpart)
  const seen = new Map<Twin, string>()
  return kind.all(world, side).flatMap((found) => {
    const twin = owner(found)
    if (!twin && found.isHidden) return []
    if (!twin) return [`a ${kind.name} in ${side} that nobody made: ${JSON.stringify(found)}`]
    if (found.isHidden) return []
    const first = seen.get(twin)
    seen.set(twin, found.id)
    return first ? [`${twin.label} is twice in ${side}: ${first} and ${found.id}`] : []
  })
}

const idOf = (twin: Twin, side: Side) => (side === 'tribe' ? twin.tribeId : twin.powerOfficeId)

function presence(world: Scene, twin: Twin): string[] {
  return SIDES.flatMap((side) => {
    const isThere = world.model.isThere(twin, side)
    if (twin.deletedIn.has(side))
      return isThere ? [`${twin.label} was deleted in ${side}, and is there again`] : []
    if (twin.keeps.has(side))
      return isThere ? [] : [`${twin.label} is gone in ${side} since it was deleted on the other side`]
    if (twin.deletedIn.size > 0) return []
    const wanted = twin.kind.belongs(world, twin, side)
    if (wanted === 'maybe' || wanted === isThere) return []
    return [`${twin.label} ${isThere ? 'should not be' : 'is missing'} in ${side}`]
  })
}

// ── Field by field ──────────────────────────────────────────────────────────

function agreement(world: Scene, hub: Hub, links: ReadonlyMap<Twin, LinkRow>): string[] {
  const faults: string[] = []
  const seen = new Set<string>()
  for (const twin of hub.twins) {
    const [tribe, powerOffice] = [world.model.read(twin, 'tribe'), world.model.read(twin, 'powerOffice')]
    if (!tribe || !powerOffice || links.get(twin)?.state !== 'linked') continue
    const excused = new Set(twin.kind.excuses(world, twin).flatMap(({ field }) => field ?? []))
    for (const field of Object.keys(tribe)) {
      if (world.hasTakenBack && isBase(links.get(twin), field, 'taken-back')) continue
      const common = (value: string | null) => twin.kind.common(world, twin, field, value)
      const [here, there] = [common(tribe[field] ?? null), common(powerOffice[field] ?? null)]
      const name = twin.kind.sharedName(field)
      if (isNobodys(twin, field, there))
        faults.push(`${twin.label}.${field}: PowerOffice has ${show(there)}, which nobody entered`)
      if (excused.has(field) || isFilledIn(links.get(twin), field, { tribe: here, powerOffice: there }))
        continue
      // Whoever ties one of two contacts by hand keeps what differs with each.
      if (twin.about.isTiedByHand && isBase(links.get(twin), field, 'apart')) continue
      if (here !== there)
        faults.push(`${twin.label}.${field}: Tribe has ${show(here)}, PowerOffice has ${show(there)}`)
      else if (!seen.has(name)) faults.push(...rightValue(world, hub, name, here, common))
      seen.add(name)
      if (here === there) settle(hub, name, tribe[field] ?? null)
    }
  }
  return faults
}

const isBase = (link: LinkRow | undefined, field: string, why: string) => link?.bases[field]?.[2] === why

/** PowerOffice has what only Tribe fills in, though no user has made anything of it in Tribe. */
function isNobodys({ hub, kind }: Twin, field: string, there: string | null): boolean {
  // These two users enter as well.
  if (!isTribes(field, there) || there === 'EA' || (kind.name === 'customer' && there === '0')) return false
  // What its organisation says of a role that a company is given counts as said, whoever filled it in.
  const isOfOneRole = hub.twins.length === 1 || kind.sharedName(field) === field
  return isOfOneRole && hub.twins.every(({ about }) => about.isOfBooks)
}

const show = (value: string | null) => JSON.stringify(value)

/** One side changed it: that value. Both did: the policy's, where the order of things is beyond doubt. */
function rightValue(
  { settings, hasOtherPolicy, hasOtherRows, weather, crm }: Scene,
  hub: Hub,
  field: string,
  value: string | null,
  common: (value: string | null) => string | null,
): string[] {
  // Nobody knows of it what was last in step: whichever side it is, both have it.
  if (hub.tied.has(field) || (hasOtherRows && isOwn(field))) return []
  const edits = hub.pending.get(field) ?? new Map()
  const values = [...edits.values()].map((edit) => common(edit.value))
  if (values.length === 0) {
    const before = hub.agreed.get(field)
    if (before === undefined || common(before) === value) return []
    return [`${hub.label}.${field} became ${show(value)}; nobody changed ${show(before)}`]
  }
  // A contact that is made of a role that a user gives in Tribe says what the organisation shows there.
  const isGivenInTribe = hub.twins.some(({ about }) => !about.isOfBooks)
  if (!isOneContact(hub) && isGivenInTribe && isTribes(field, value)) return []
  // What a role knew went with it: another one begins anew.
  if (hub.twins.some((twin) => twin.deletedIn.size > 0 || twin.about.isForgotten)) return []
  const isRace = [...edits.values()].some((edit) => edit.isRace) || hub.blurred.has(field)
  const isClear =
    edits.size === 2 &&
    !isRace &&
    !hasOtherPolicy &&
    settings.conflictPolicy !== 'newest' &&
    edits.has('tribe')
  if (isClear && isOneContact(hub)) {
    const [tribe, powerOffice] = [edits.get('tribe'), [...edits].find(([cell]) => cell !== 'tribe')?.[1]]
    const wanted = common((settings.conflictPolicy === 'tribe' ? tribe : powerOffice)?.value ?? null)
    if (wanted === value) return []
    return [`${hub.label}.${field} is ${show(value)} and by the policy ${show(wanted)}`]
  }
  if (values.includes(value)) return []
  // A write whose note got lost looks like an edit, and may win over the one that came in between.
  const earlier = [...edits.values()].flatMap((edit) => edit.earlier ?? [])
  if (isRace && weather.hasBeenRough && earlier.map(common).includes(value)) return []
  // A write of many parts may have been cut in the middle, and nothing tells that from a user's edit.
  const isCutable = edits.size > 1 ? field === 'address' : crm.options.nullWrites === 'ignore'
  const isOfParts = ['address', 'firstName', 'lastName'].includes(field)
  if (isOfParts && isCutable && (isRace || weather.hasBeenRough)) return []
  return [`${hub.label}.${field} is ${show(value)}, and the edits say ${values.map(show).join(' or ')}`]
}

const isOneContact = (hub: Hub) => new Set(hub.twins.map((twin) => twin.powerOfficeId)).size === 1

function settle(hub: Hub, field: string, value: string | null): void {
  hub.agreed.set(field, value)
  hub.pending.delete(field)
  hub.blurred.delete(field)
  hub.tied.delete(field)
}

// ── Problems ────────────────────────────────────────────────────────────────

function problems(world: Scene, slices: readonly Slice[]): string[] {
  const { model, relay } = world
  return relay.jobs.problems(100).flatMap((job) => {
    // Of the units one is left unmapped, and that is said.
    if (job.kind === 'mapping' && job.code === 'unit.unmapped') return []
    const [first, id = ''] = job.subject.split(':')
    // What an admin asked for by hand names its kind itself.
    const kind = ['relink', 'recreate'].includes(job.kind) ? first : job.kind
    const twin = model.twins.find(
      (one) => one.kind.name === kind && (isIn(world, one, id) || one.powerOfficeId === id),
    )
    const excuses = twin ? twin.kind.excuses(world, twin).map(({ code }) => code) : []
    if (job.code !== null && excuses.includes(job.code)) return []
    // It was deleted before it could be tied as the admin had asked.
    if (job.kind === 'relink' && job.code === 'record.unknown' && twin && twin.deletedIn.size > 0) return []
    if (slices.some((slice) => slice.explains?.(world, job))) return []
    return [`a problem that nothing explains: ${job.kind} ${job.subject} ${job.code} ${job.message}`]
  })
}

/** Or made there by the relay, which could not tie the two yet. */
function isIn(world: Scene, { kind, tribeId, powerOfficeId }: Twin, id: string): boolean {
  if (tribeId !== null) return tribeId === id
  return kind.all(world, 'tribe').some((found) => found.id === id && found.counterpart === powerOfficeId)
}
