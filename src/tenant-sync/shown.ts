import { TenantDesk } from './desk'
import type { Job } from './job'
import { jobsIn } from './jobs'
import type { JobState } from './jobs-told'
import { type Look, looksIn } from './looks'
import { type Decision, type PreviewPage, type PreviewQuery, previewsIn } from './previews'
import { type StoredKind, type StoredPage, storedPage } from './stored'

/** What a person asks of a tenant's object and is answered from what it keeps, without a call to either system. */
export abstract class TenantShown extends TenantDesk {
  protected readonly jobs = jobsIn(this.ctx.storage.sql)
  protected readonly looks = looksIn(this.ctx.storage.sql)
  protected readonly previews = previewsIn(this.ctx.storage.sql, this.facts)

  async readPreview(query: PreviewQuery): Promise<PreviewPage> {
    return this.identity() ? this.previews.read(query) : { state: 'none', at: null, counts: {}, items: [] }
  }

  /** What an admin decided on records that the preview showed; the first load and the pulls keep to it. */
  async decide(decisions: Decision[]): Promise<void> {
    if (!this.identity()) return
    for (const { kind, powerOfficeId, ...decision } of decisions)
      this.facts.set(`decision:${kind}:${powerOfficeId}`, decision)
  }

  async listJobs(state: JobState | null, page: { limit: number; offset: number }): Promise<Job[]> {
    return this.identity() ? this.jobs.list(state, { ...page, now: this.now() }) : []
  }

  /** A page of all that is kept here, secrets and tokens left out. */
  async readStored(kind: StoredKind, after: string | null): Promise<StoredPage<StoredKind>> {
    return this.identity() ? storedPage(this.jobs.sql, kind, after) : { rows: [], next: null }
  }

  async problemOf(kind: string, subjects: string[]): Promise<Job | null> {
    return this.identity() ? this.jobs.problemOf(kind, subjects) : null
  }

  /** Why the last look left a record alone; null when it did not. */
  async lookOf(kinds: string[], subjects: string[]): Promise<Look | null> {
    return this.identity() ? this.looks.find(kinds, subjects) : null
  }
}
