/** What a handler gets of a request that has been let in and checked, and what it gives back. */
import type { Books } from './books'
import { isObject, type Json, type JsonObject } from './json'
import { changesBy } from './patch'
import { Problem } from './problem'
import type { Query } from './query'
import type { Operation } from './spec'

export type Answer =
  | { list: JsonObject[] }
  | { json: Json; status?: number; headers?: Record<string, string> }
  | { bytes: Uint8Array; type: string }
export type Handler = (call: Call) => Answer
/** By the name of the operation: "GET /Customers/{id}". */
export type Handlers = Record<string, Handler>

/** The part `file` of a multipart body. */
export interface Uploaded {
  name: string
  type: string
  bytes: Uint8Array
}

export class Call {
  constructor(
    readonly operation: Operation,
    readonly books: Books,
    readonly params: Record<string, string>,
    readonly query: Query,
    private readonly content: Json,
    readonly violation: (text: string) => void,
    /** Of an upload. */
    readonly file: Uploaded | null = null,
  ) {}

  /** The body of a POST, which fits its model. */
  get body(): JsonObject {
    return isObject(this.content) ? this.content : {}
  }

  param(name: string): string {
    return this.params[name] ?? ''
  }

  /** What a PATCH changes in a record, by member; nothing when it was sent as a plain object. */
  changesTo(record: JsonObject, subject: string): JsonObject {
    const { patchModel } = this.operation
    if (!patchModel) throw new Problem(500, 'Unexpected error', `${this.operation.name} takes no patch`)
    if (!Array.isArray(this.content)) {
      this.violation('PATCH with a plain object, which changes nothing')
      return {}
    }
    const changes = changesBy(this.content, record, {
      model: patchModel.schema,
      modelName: patchModel.name,
      subject,
      violation: this.violation,
    })
    if (Object.keys(changes).length === 0) this.violation('PATCH that changes nothing')
    return changes
  }
}
