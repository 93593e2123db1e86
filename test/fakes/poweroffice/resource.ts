/** The five operations that most resources have in common. */
import type { Books } from './books'
import type { Call, Handlers } from './call'
import { type Filter, filtered } from './filters'
import type { JsonObject } from './json'
import { asKept, asSent } from './kept'
import { notFound } from './problem'

export interface Resource<Row> {
  path: string
  /** As the texts of errors call it. */
  subject: string
  /** Lives below a contact: "/ContactPersons/{contactId}/{id}". */
  isOwned?: true
  listed(books: Books): Row[]
  /** `ownerId` is the contact's, where the resource is owned. */
  find(books: Books, id: string, ownerId: number): Row | null
  show(books: Books, row: Row): JsonObject
  filters: Record<string, Filter>
  add?(books: Books, body: JsonObject, call: Call): Row
  change?(books: Books, row: Row, changes: JsonObject, call: Call): Row
  /** Throws where something refers to the row. */
  remove?(books: Books, row: Row): void
}

export function routesOf<Row>(resource: Resource<Row>): Handlers {
  const { path, subject } = resource
  const one = resource.isOwned ? `${path}/{contactId}/{id}` : `${path}/{id}`
  const found = (call: Call): Row => {
    const row = resource.find(call.books, call.param('id'), Number(call.param('contactId')))
    if (row === null) throw notFound(subject, call.param('id'))
    return row
  }
  const { add, change, remove } = resource
  const handlers: Handlers = {
    [`GET ${path}`]: ({ books, query }) => {
      const rows = resource.listed(books).map((row) => resource.show(books, row))
      return { list: filtered(rows, query, resource.filters) }
    },
    [`GET ${one}`]: (call) => ({ json: resource.show(call.books, found(call)) }),
  }
  if (add) {
    handlers[`POST ${resource.isOwned ? `${path}/{contactId}` : path}`] = (call) => {
      const row = add(call.books, asKept(call.books, call.body), call)
      return { json: asSent(call.books, resource.show(call.books, row), call.body) }
    }
  }
  if (change) {
    handlers[`PATCH ${one}`] = (call) => {
      const row = found(call)
      const changes = call.changesTo(resource.show(call.books, row), subject)
      const kept = asKept(call.books, changes)
      const after = Object.keys(changes).length === 0 ? row : change(call.books, row, kept, call)
      return { json: asSent(call.books, resource.show(call.books, after), changes) }
    }
  }
  if (remove) {
    handlers[`DELETE ${one}`] = (call) => {
      remove(call.books, found(call))
      return { json: null }
    }
  }
  return handlers
}
