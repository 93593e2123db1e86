import type { Jobs } from '../../src/tenant-sync/jobs'
import type { ClientOptions } from '../fakes/poweroffice'
import type { TribeOptions } from '../fakes/tribe'
import type { Dice } from '../platform/dice'
import type { TownTenant } from '../platform/town'
import type { Hub, Model, Side, Twin } from './model'
import type { Scene } from './scene'

/** A record as one of the systems holds it: the text of each field that both systems can express. */
export type Values = Readonly<Record<string, string | null>>

/** One record of a system, as a count of all of them finds it. */
export interface Found {
  id: string
  /** What stands on it of the other system's id: the relay made it. */
  counterpart: string | null
  /** Hidden records are nobody's twins: that is how the relay takes leave of one. */
  isHidden: boolean
}

/** A kind of record that both systems hold, as links name it. */
export interface Kind {
  /** As links name it. */
  name: string
  /** Null when the system does not have it. */
  read(world: Scene, twin: Twin, side: Side): Values | null
  /** All that the system has of this kind. */
  all(world: Scene, side: Side): Found[]
  /** A field that other records share goes by one name for all of them. */
  sharedName(field: string): string
  /** Fields that the link keeps no fingerprint of. */
  withoutBase: ReadonlySet<string>
  /** The value as far as both systems must agree on it. */
  common(world: Scene, twin: Twin, field: string, value: string | null): string | null
  /** Codes of problems that the twin as it is now gives reason for, each with the field that it holds up. */
  excuses(world: Scene, twin: Twin): { code: string; field: string | null }[]
  /** What else is wrong with records that belong together. */
  oddities?(world: Scene, hub: Hub): string[]
  /** What the relay has to do when both systems have it; `maybe` when nobody can say. */
  belongs(world: Scene, twin: Twin, side: Side): boolean | 'maybe'
}

/** Something that a user does. Gives what was done, or null when there is nothing that it could be done to. */
export type Act = (world: Scene, model: Model, dice: Dice) => string | null

export type Problem = ReturnType<Jobs['problems']>[number]

/** What a slice brings to the test. */
export interface Slice {
  /** Of the tenant: this slice is on. */
  settings: Record<string, unknown>
  kinds: readonly Kind[]
  /** What both systems hold before the tenant is activated. */
  seed(world: Scene, model: Model, dice: Dice): void
  /** Fields of an admin's own are mapped, too. */
  hasOwn?: true
  /** An administrator meddles in between. */
  hasAdmin?: true
  acts: readonly (readonly [weight: number, act: Act])[]
  /** What each run has another way besides: settings of the tenant, and what nobody knows of either system. */
  draw?(dice: Dice): {
    settings: Record<string, unknown>
    tribe: Partial<TribeOptions>
    powerOffice: ClientOptions
    /** Fields that an admin maps. */
    rows?: readonly object[]
  }
  /** Sweeps of its own. */
  cron?: string
  /** What is wrong at any moment, looked at after each write. */
  meanwhile?(world: Scene): string[]
  /** What is wrong when all should be in step. */
  faults?(world: Scene): string[]
  /** Users give reason for this problem. */
  explains?(world: Scene, problem: Problem): boolean
  /** In the end people do what problems tell them to. */
  mend?(world: Scene, tenant: TownTenant): Promise<void>
}
