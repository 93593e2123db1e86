/** A member's path in a filter or an order: `Organization/VisitingAddress/City`. */
import type { Core } from './core'
import { ODataProblem, undeclared } from './problem'
import type { EntityType, Property } from './schema'
import type { Row, Scalar } from './store'
import { propertyValue } from './values'

export interface Path {
  property: Property
  of: (row: Row) => Scalar
  /** The outcome depends on other records than the one it starts from. */
  looksElsewhere: boolean
}

/** What a record works out from its neighbours. */
const BORROWED = /^(_Name|Total.*|Vat.*|Amount|NumberOf.*)$/

export function pathOf(core: Core, start: EntityType, text: string, where: string): Path {
  const steps = text.split('/')
  const last = steps.pop() as string
  let type = start
  for (const step of steps) {
    const link = type.navigations.get(step)
    if (!link) throw undeclared(step, type.name, where)
    if (link.via !== null) {
      throw new ODataProblem(
        400,
        `The collection '${step}' cannot be part of a path.`,
        `collection in a path: ${text}`,
      )
    }
    type = core.schema.get(link.target)
  }
  const property = type.properties.get(last)
  if (!property) throw undeclared(last, type.name, where)
  return {
    property,
    looksElsewhere:
      steps.length > 0 || BORROWED.test(last) || (last === 'Name' && type.lineage.has('Relationship')),
    of: (row) => {
      let at: Row | null = row
      for (const step of steps) {
        at = core.store.find(at.links[step] ?? '')
        if (!at) return null
      }
      return propertyValue(core, at, last)
    },
  }
}
