import type { OpenAPIHono } from '@hono/zod-openapi'
import { html } from 'hono/html'
import type { App } from './admin-auth'

/**
 * A page for the API, from its own description: without scripts, and without a word to any other server,
 * which Swagger UI and Scalar have from a CDN.
 */

type Document = ReturnType<OpenAPIHono<App>['getOpenAPI31Document']>
type Operation = NonNullable<NonNullable<Document['paths']>[string]['get']>

export const DOCS_HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
}

interface Call {
  method: string
  path: string
  operation: Operation
}

export function docsPage(document: Document) {
  const calls = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods ?? {}).map(([method, operation]): Call => ({ method, path, operation })),
  )
  const tags = [...new Set(calls.map(({ operation }) => tagOf(operation)))].sort()
  const { info } = document
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title}: API</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${info.title}: API</h1>
<p>${info.description}</p>
<p>The whole of it, for programs: <a href="/openapi.json">openapi.json</a>.</p>
<h2>Who may</h2>
<dl>${Object.entries(document.components?.securitySchemes ?? {}).map(
    ([name, scheme]) => html`<dt>${name}</dt><dd>${'description' in scheme ? scheme.description : ''}</dd>`,
  )}</dl>
<nav aria-label="Parts"><ul>${tags.map((tag) => html`<li><a href="#${tag}">${tag}</a></li>`)}</ul></nav>
</header>
<main>${tags.map(
    (tag) =>
      html`<section><h2 id="${tag}">${tag}</h2>${calls
        .filter(({ operation }) => tagOf(operation) === tag)
        .map(callPart)}</section>`,
  )}</main>
</body>
</html>`
}

const tagOf = (operation: Operation) => operation.tags?.[0] ?? 'Other'

const callPart = ({ method, path, operation }: Call) => html`
<details>
<summary><code><b>${method.toUpperCase()}</b> ${path}</code> <span>${operation.summary}</span></summary>
<p>${whoMay(operation)}</p>
${parametersOf(operation)}
${operation.requestBody && 'content' in operation.requestBody ? contentPart('Body', operation.requestBody.content) : ''}
${Object.entries(operation.responses ?? {}).map(([status, answer]) =>
  contentPart(status, answer.content, answer.description),
)}
</details>`

function whoMay({ security = [] }: Operation): string {
  const names = security.flatMap((one) => Object.keys(one))
  return names.length === 0 ? 'Open to anybody.' : `For: ${names.join(', ')}.`
}

function parametersOf({ parameters = [] }: Operation) {
  const shown = parameters.flatMap((one) => ('name' in one ? [one] : []))
  if (shown.length === 0) return ''
  return html`<table><thead><tr><th>parameter</th><th>in</th><th>what</th></tr></thead><tbody>${shown.map(
    (one) => html`<tr><td><code>${one.name}</code>${one.required ? '' : ' (optional)'}</td><td>${one.in}</td>
<td>${one.description?.replaceAll('`', '') ?? choicesOf(one.schema)}</td></tr>`,
  )}</tbody></table>`
}

const choicesOf = (schema: unknown): string => {
  const { enum: choices, type } = (schema ?? {}) as { enum?: unknown[]; type?: string }
  return choices?.join(', ') ?? type ?? ''
}

interface Media {
  example?: unknown
  examples?: Record<string, unknown>
}

/** An answer or a body, with its example; of an error, what each code means. */
function contentPart(title: string, content: object | undefined, about = '') {
  const [media] = Object.values(content ?? {}) as Media[]
  const codes = Object.entries(media?.examples ?? {}) as [string, { summary?: string }][]
  return html`<h3>${about && codes.length === 0 ? `${title}: ${about}` : title}</h3>${
    media?.example === undefined ? '' : html`<pre>${JSON.stringify(media.example, null, 2)}</pre>`
  }${codes.length === 0 ? '' : html`<ul>${codes.map(([code, { summary }]) => html`<li><code>${code}</code> ${summary}</li>`)}</ul>`}`
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 0 auto; padding: 1rem }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; list-style: none }
details { border-top: 1px solid #8885; padding: .5rem 0 }
summary { cursor: pointer }
h3 { margin: 1rem 0 .25rem; font-size: 1rem }
pre { overflow-x: auto; margin: 0; padding: .75rem; background: #8882; font-size: .875rem }
table { border-collapse: collapse } th, td { padding: .1rem 1rem .1rem 0; text-align: left; vertical-align: top }
dt { font-weight: 600 } dd { margin: 0 0 .25rem }
`
