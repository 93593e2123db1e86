/** `$filter`: reads the expression against a type, and gives a test for its records. */
import type { Core } from './core'
import { type Token, tokens } from './filter-tokens'
import { type Path, pathOf } from './path'
import { ODataProblem } from './problem'
import type { EdmType, EntityType } from './schema'
import type { Row, Scalar } from './store'

export interface Filter {
  matches: (row: Row) => boolean
  /** Looks beyond the record itself, so a change elsewhere may change the outcome. */
  looksElsewhere: boolean
}

type Kind = EdmType | 'null'
type Truth = boolean | null
interface Value {
  kind: Kind
  literal: boolean
  of: (row: Row) => Scalar
}
type Test = (row: Row) => Truth

const COMPARISONS = new Set(['eq', 'ne', 'gt', 'ge', 'lt', 'le'])
const FUNCTIONS = new Map<string, (text: string, part: string) => boolean>([
  ['contains', (text, part) => text.includes(part)],
  ['startswith', (text, part) => text.startsWith(part)],
  ['endswith', (text, part) => text.endsWith(part)],
])

export function parseFilter(core: Core, type: EntityType, text: string): Filter {
  const parser = new Parser(core, type, text)
  const test = parser.all()
  return { matches: (row) => test(row) === true, looksElsewhere: parser.looksElsewhere }
}

class Parser {
  looksElsewhere = false
  private readonly tokens: Token[]
  private at = 0

  constructor(
    private readonly core: Core,
    private readonly type: EntityType,
    private readonly text: string,
  ) {
    this.tokens = tokens(text)
  }

  all(): Test {
    const test = this.or()
    if (this.peek().kind !== 'end') this.refuse(`unexpected '${this.peek().value}'`)
    return test
  }

  private or(): Test {
    let left = this.and()
    while (this.takeName('or')) {
      const [a, b] = [left, this.and()]
      left = (row) => {
        const first = a(row)
        if (first === true) return true
        const second = b(row)
        if (second === true) return true
        return first === null || second === null ? null : false
      }
    }
    return left
  }

  private and(): Test {
    let left = this.unary()
    while (this.takeName('and')) {
      const [a, b] = [left, this.unary()]
      left = (row) => {
        const first = a(row)
        if (first === false) return false
        const second = b(row)
        if (second === false) return false
        return first === null || second === null ? null : true
      }
    }
    return left
  }

  private unary(): Test {
    if (!this.takeName('not')) return this.primary()
    const test = this.primary()
    return (row) => {
      const truth = test(row)
      return truth === null ? null : !truth
    }
  }

  private primary(): Test {
    const token = this.peek()
    if (token.kind === 'sign' && token.value === '(') {
      this.at++
      const test = this.or()
      this.takeSign(')')
      return test
    }
    if (token.kind === 'name' && this.isSign(this.at + 1, '(')) return this.call(token.value)
    return this.comparison(this.value())
  }

  private call(name: string): Test {
    const run = FUNCTIONS.get(name)
    if (!run) this.refuse(`function '${name}' is not supported`)
    this.at++
    this.takeSign('(')
    const text = this.value()
    this.takeSign(',')
    const part = this.value()
    this.takeSign(')')
    if (text.kind !== 'Edm.String' || part.kind !== 'Edm.String') this.refuse(`${name} wants two texts`)
    return (row) => {
      const [a, b] = [text.of(row), part.of(row)]
      if (a === null || b === null) return null
      return run(String(a).toLowerCase(), String(b).toLowerCase())
    }
  }

  private comparison(left: Value): Test {
    const operator = this.peek()
    if (operator.kind !== 'name' || !COMPARISONS.has(operator.value)) {
      if (operator.kind === 'name' && operator.value !== 'and' && operator.value !== 'or') {
        this.refuse(`operator '${operator.value}' is not supported`)
      }
      if (left.kind !== 'Edm.Boolean') this.refuse('a condition is missing')
      return (row) => left.of(row) as Truth
    }
    this.at++
    const right = this.value()
    this.checkComparable(left, right, operator.value)
    return compare(left, right, operator.value, this.core.options.eqIgnoresCase)
  }

  private value(): Value {
    const token = this.peek()
    this.at++
    const literal = (kind: Kind, value: Scalar): Value => ({ kind, literal: true, of: () => value })
    switch (token.kind) {
      case 'text':
        if (token.value.trim() === '') this.core.violate(`blank literal in a filter: ${this.text}`)
        return literal('Edm.String', token.value)
      case 'number':
        return literal('Edm.Double', token.value)
      case 'guid':
        return literal('Edm.Guid', token.value)
      case 'instant':
        return literal('Edm.DateTimeOffset', token.value)
      case 'day':
        return literal('Edm.Date', token.value)
      case 'name':
        if (token.value === 'null') return literal('null', null)
        if (token.value === 'true' || token.value === 'false')
          return literal('Edm.Boolean', token.value === 'true')
        return this.member(token.value)
      case 'sign':
      case 'end':
        return this.refuse(`unexpected '${token.value}'`)
    }
  }

  private member(text: string): Value {
    const path: Path = pathOf(this.core, this.type, text, '$filter')
    if (path.looksElsewhere) this.looksElsewhere = true
    const kind = path.property.type
    if (kind !== 'Edm.DateTimeOffset') return { kind, literal: false, of: path.of }
    return {
      kind,
      literal: false,
      of: (row) => {
        const value = path.of(row)
        return value === null ? null : Date.parse(String(value))
      },
    }
  }

  private checkComparable(left: Value, right: Value, operator: string): void {
    if (left.kind === 'null' || right.kind === 'null') {
      if (operator === 'eq' || operator === 'ne') return
      this.refuse(`null cannot be compared by '${operator}'`)
    }
    const family = (kind: Kind) => (kind === 'Edm.Int64' ? 'Edm.Double' : kind)
    if (family(left.kind) !== family(right.kind)) {
      this.refuse(`${left.kind} and ${right.kind} cannot be compared`)
    }
  }

  private peek(): Token {
    return this.tokens[this.at] as Token
  }

  private isSign(at: number, sign: string): boolean {
    const token = this.tokens[at]
    return token?.kind === 'sign' && token.value === sign
  }

  private takeName(name: string): boolean {
    const token = this.peek()
    if (token.kind !== 'name' || token.value !== name) return false
    this.at++
    return true
  }

  private takeSign(sign: string): void {
    if (!this.isSign(this.at, sign)) this.refuse(`'${sign}' expected, '${this.peek().value}' found`)
    this.at++
  }

  private refuse(why: string): never {
    throw new ODataProblem(400, `The filter is not valid: ${why}.`, `filter refused (${why}): ${this.text}`)
  }
}

function compare(left: Value, right: Value, operator: string, ignoresCase: boolean): Test {
  const fold = (value: Scalar) =>
    ignoresCase && left.kind === 'Edm.String' && typeof value === 'string' ? value.toLowerCase() : value
  if (operator === 'eq') return (row) => fold(left.of(row)) === fold(right.of(row))
  if (operator === 'ne') return (row) => fold(left.of(row)) !== fold(right.of(row))
  return (row) => {
    const [a, b] = [left.of(row), right.of(row)]
    if (a === null || b === null) return false
    if (operator === 'gt') return a > b
    if (operator === 'ge') return a >= b
    return operator === 'lt' ? a < b : a <= b
  }
}
