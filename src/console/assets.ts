import { Hono } from 'hono'
import { STYLE } from './style'
import type { Console } from './view'

/** The two files that pages refer to. */
export const assets = new Hono<Console>()
  .get('/style.css', () => file(STYLE, 'text/css'))
  .get('/live.js', () => file(SCRIPT, 'text/javascript'))

const file = (text: string, type: string) =>
  new Response(text, {
    headers: { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'public, max-age=300' },
  })

/**
 * The only script: what changes by itself is fetched anew and put in its place, and once it has come to rest
 * the page is loaded again. Without it, the browser loads the page every few seconds.
 */
const SCRIPT = `
const again = async (part) => {
  await new Promise((done) => setTimeout(done, Number(part.dataset.again) * 1000))
  if (document.hidden) return again(part)
  let fresh
  try {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } })
    if (answer.redirected) return location.reload()
    fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById(part.id)
  } catch {
    return again(part)
  }
  if (!fresh || !fresh.dataset.again) return location.reload()
  part.replaceWith(fresh)
  return again(fresh)
}
for (const part of document.querySelectorAll('[data-again]')) again(part)
document.getElementById('error')?.focus()
`
