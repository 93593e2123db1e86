import type { DatabaseSync } from 'node:sqlite'
import type { TenantSettings } from '../../src/db/settings'
import type { Facts } from '../../src/sync-step'
import type { Jobs } from '../../src/tenant-sync/jobs'
import type { PowerOfficeClientBooks } from '../fakes/poweroffice'
import type { TribeEnvironment } from '../fakes/tribe'
import type { Model } from './model'

/** Where users of one company work, and what may be asked of the relay between their systems. */
export interface Scene {
  readonly crm: TribeEnvironment
  readonly books: PowerOfficeClientBooks
  readonly settings: TenantSettings
  /** An admin had another policy meanwhile. */
  readonly hasOtherPolicy?: boolean
  /** An admin took back a write of the relay's: the address that it made goes with it. */
  readonly hasTakenBack?: boolean
  /** Rows of an admin's own fields were left out meanwhile. */
  readonly hasOtherRows?: boolean
  /** An admin has mapped fields of their own. */
  readonly hasOwn: boolean
  readonly model: Model
  readonly clock: { now(): number }
  readonly relay: {
    readonly tenantId: string
    /** D1. */
    readonly database: DatabaseSync
    readonly jobs: Jobs
    readonly facts: Facts
    /** A job is under way: what happens now happens in the middle of something. */
    readonly isBusy: boolean
    readonly lives: number
    /** What it met and did not expect. */
    readonly bugs: readonly string[]
    fingerprintOf(value: string | null): string
  }
  readonly weather: { readonly hasBeenRough: boolean; readonly hasLate: boolean }
  /** A call about this record of Tribe's was given up and arrived late, or a user worked on it just before one arrived. */
  wasDisturbed(id: string | null): boolean
  readonly tribe: { readonly violations: readonly string[] }
  readonly powerOffice: { readonly violations: readonly string[] }
  /** A text that no record has had before. */
  unique(word: string): string
  /** A number that nothing has had before. */
  count(): number
}
