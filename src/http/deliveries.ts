import { Hono } from 'hono'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import type { App } from './admin-auth'
import { asAnswer, nothingHere } from './failures'
import { answerHeaders, httpsOnly, settingsChecked } from './headers'
import { webhooks } from './webhooks'

/** Tribe's deliveries come by the hundred a second: they go past the routes of the API and the console (DESIGN.md §1.18). */
export const deliveries = new Hono<App>({ router: new RegExpRouter() })
deliveries.use(settingsChecked, httpsOnly)
deliveries.route('/webhooks', webhooks)
deliveries.notFound((c) => headed(nothingHere(c)))
deliveries.onError(async (thrown, c) => headed(await asAnswer(thrown, c)))

/** What is refused gets its headers here; what is taken has them. */
function headed(answer: Response): Response {
  for (const [name, value] of answerHeaders({})) answer.headers.set(name, value)
  return answer
}

/** Whether a request is for them. Its address begins with `https://` and a host. */
export const isDelivery = ({ url }: Request): boolean => url.startsWith('/webhooks/', url.indexOf('/', 8))
