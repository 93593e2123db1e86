import type { Context } from 'hono'

/** What a person has filled in; blanks at the ends do not count. */
export interface Filled {
  text(name: string): string
  isOn(name: string): boolean
  all(name: string): string[]
  /** The fields whose names begin so, without that beginning: `unit:<id>` → [id, value]. */
  among(prefix: string): [string, string][]
}

export async function filledIn(c: Context): Promise<Filled> {
  const form = await c.req.formData()
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
