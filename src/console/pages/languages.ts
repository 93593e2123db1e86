import { Hono } from 'hono'
import { setCookie } from 'hono/cookie'
import { LANGUAGES } from '../../shared/problems'
import { filledIn } from '../form'
import { type Console, pathWithin } from '../view'

/** The switch of languages; a choice is kept for a year. */
export const languages = new Hono<Console>().post('/language', async (c) => {
  const form = await filledIn(c)
  const language = LANGUAGES.find((one) => one === form.text('language'))
  if (language)
    setCookie(c, LANGUAGE_COOKIE, language, {
      path: '/console',
      httpOnly: true,
      sameSite: 'Lax',
      maxAge: 365 * 86_400,
    })
  return c.redirect(pathWithin(form.text('back')), 303)
})

export const LANGUAGE_COOKIE = 'relay_language'
