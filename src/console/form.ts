import type { Context } from 'hono'
import { Refusal } from './api'

/** What a person has filled in; blanks at the ends do not count. */
export interface Filled {
  text(name: string): string
  isOn(name: string): boolean
  all(name: string): string[]
  /** The fields whose names begin so, without that beginning: `unit:<id>` → [id, value]. */
  among(prefix: string): [string, string][]
}

/** Throws a Refusal (400) when the body is no form. */
export async function filledIn(c: Context): Promise<Filled> {
  const form = await c.req.formData().catch(unreadable)
  const texts = [...form.entries()].flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[name, value.trim()]] : [],
  )
  const all = (name: string) => texts.filter(([other]) => other === name).map(([, value]) => value)
  return {
    all,
    text: (name) => all(name)[0] ?? '',
    isOn: (name) => all(name).length > 0,
    among: (prefix) =>
      texts.flatMap(([name, value]): [string, string][] =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
      ),
  }
}

/** The platform says it by a TypeError, with a piece of what it read. */
function unreadable(thrown: unknown): never {
  if (!(thrown instanceof TypeError)) throw thrown
  throw new Refusal(400, 'request.invalid', 'The body is not a form', null)
}
