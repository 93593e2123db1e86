import { Hono } from 'hono'
import script from './live.js' with { type: 'text' }
import forms from './style/forms.css' with { type: 'text' }
import page from './style/page.css' with { type: 'text' }
import parts from './style/parts.css' with { type: 'text' }
import type { Console } from './view'

/** The two files that pages refer to. A rule of the later sheet goes before one of the earlier that weighs the same. */
export const assets = new Hono<Console>()
  .get('/style.css', () => file([page, forms, parts].join('\n'), 'text/css'))
  .get('/live.js', () => file(script, 'text/javascript'))

const file = (text: string, type: string) =>
  new Response(text, {
    headers: { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'public, max-age=300' },
  })
