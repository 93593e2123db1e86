import type { Child, FC, PropsWithChildren } from 'hono/jsx'
import { explain } from '../shared/problems'
import { Refusal } from './api'
import { agoIn, instantIn } from './format'
import type { View } from './view'

/** The pieces that pages are made of. */

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'quiet'
const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', busy: '↻', warn: '!', bad: '✕', quiet: '–' }

export const Badge: FC<PropsWithChildren<{ tone: Tone }>> = ({ tone, children }) => (
  <span class={`badge ${tone}`}>
    <span aria-hidden="true">{SIGNS[tone]}</span> {children}
  </span>
)

/** One thing that the page has to say first. */
export const Notice: FC<PropsWithChildren<{ tone: Tone; title: string }>> = ({ tone, title, children }) => (
  <div class={`notice ${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
    <p class="title">
      <span aria-hidden="true">{SIGNS[tone]}</span> {title}
    </p>
    {children}
  </div>
)

/** Why the API did not do what was asked, and what to do about it. */
export const Refused: FC<{ view: View; refusal: Refusal | null }> = ({ view, refusal }) => {
  if (!refusal) return null
  const { cause, nextStep } = explain(refusal.code, view.language)
  return (
    <div class="notice bad" role="alert" tabindex={-1} id="error">
      <p class="title">{cause}</p>
      <p>{nextStep}</p>
      <Details view={view}>
        {refusal.message} ({refusal.code})
      </Details>
    </div>
  )
}

/** What helps whoever is asked for help, and is in English. */
export const Details: FC<PropsWithChildren<{ view: View }>> = ({ view, children }) => (
  <details class="details">
    <summary>{view.texts.details}</summary>
    <p lang="en">{children}</p>
  </details>
)

/** Names and values side by side. */
export const Facts: FC<{ of: readonly (readonly [label: string, value: Child])[] }> = ({ of }) => (
  <dl class="facts">
    {of.map(([label, value]) => (
      <div>
        <dt>{label}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
)

export const Time: FC<{ view: View; at: string }> = ({ view, at }) => (
  <time datetime={at} title={instantIn(view.language, at)}>
    {agoIn(view.language, at, view.now) ?? view.texts.justNow}
  </time>
)

export const Field: FC<{
  name: string
  label: string
  hint?: string
  type?: 'text' | 'password' | 'date'
  value?: string
  autocomplete?: string
  required?: boolean
}> = ({ name, label, hint, type = 'text', value, autocomplete = 'off', required = true }) => (
  <div class="field">
    <label for={name}>{label}</label>
    {hint && (
      <p class="hint" id={`${name}-hint`}>
        {hint}
      </p>
    )}
    <input
      id={name}
      name={name}
      type={type}
      autocomplete={autocomplete}
      required={required}
      {...(value === undefined ? {} : { value })}
      {...(hint ? { 'aria-describedby': `${name}-hint` } : {})}
      spellcheck={false}
    />
  </div>
)

export const Check: FC<{ name: string; label: Child; value?: string; isOn: boolean; hint?: string }> = ({
  name,
  label,
  value = 'on',
  isOn,
  hint,
}) => (
  <div class="check">
    <input type="checkbox" id={`${name}-${value}`} name={name} value={value} checked={isOn} />
    <label for={`${name}-${value}`}>
      {label}
      {hint && <span class="hint"> {hint}</span>}
    </label>
  </div>
)

export const Choice: FC<{ name: string; value: string; label: Child; isOn: boolean; hint?: string }> = ({
  name,
  value,
  label,
  isOn,
  hint,
}) => (
  <div class="check">
    <input type="radio" id={`${name}-${value}`} name={name} value={value} checked={isOn} />
    <label for={`${name}-${value}`}>
      {label}
      {hint && <span class="hint block">{hint}</span>}
    </label>
  </div>
)

export const Option: FC<{ value: string; label: string; chosen: string | null }> = ({
  value,
  label,
  chosen,
}) => (
  <option value={value} selected={value === chosen}>
    {label}
  </option>
)

/** A form that is one button. */
export const Action: FC<{
  to: string
  label: string
  fields?: Readonly<Record<string, string>>
  kind?: 'main' | 'plain' | 'danger'
  about?: string
}> = ({ to, label, fields = {}, kind = 'plain', about }) => (
  <form method="post" action={to} class="action">
    {Object.entries(fields).map(([name, value]) => (
      <input type="hidden" name={name} value={value} />
    ))}
    <button type="submit" class={kind}>
      {label}
      {about && <span class="unseen"> {about}</span>}
    </button>
  </form>
)

/** A wide table scrolls by itself, and can be reached without a mouse. One below a title of its own shows no caption. */
export const Table: FC<
  PropsWithChildren<{ caption: string; heads: readonly Child[]; numeric?: number; isTitled?: boolean }>
> = ({ caption, heads, numeric, isTitled = false, children }) => (
  <section class="table" tabindex={0} aria-label={caption}>
    <table>
      <caption class={isTitled ? 'unseen' : ''}>{caption}</caption>
      <thead>
        <tr>
          {heads.map((head, index) => (
            <th scope="col" class={numeric !== undefined && index >= numeric ? 'number' : ''}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </section>
)

/** Runs it; a refusal of the API is given back, to be shown where it was asked for. */
export async function orRefusal<T>(run: Promise<T>): Promise<T | Refusal> {
  try {
    return await run
  } catch (thrown) {
    // One who may not is sent to log in, and what is not there is not there.
    if (thrown instanceof Refusal && thrown.status !== 401 && thrown.code !== 'tenant.unknown') return thrown
    throw thrown
  }
}
