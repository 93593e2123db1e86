import { createRoute } from '@hono/zod-openapi'
import * as examples from './examples'
import { forAnybody, json, routes } from './openapi'
import * as z from './zod'

/** The very front of the relay: the console for a browser, and for all others what there is. */
export const front = routes()

const About = z.object({
  name: z.string(),
  description: z.string(),
  links: z.object({ console: z.string(), docs: z.string(), openapi: z.string(), health: z.string() }),
})

const about = createRoute({
  method: 'get',
  path: '/',
  summary: 'To the console, for a browser; else what is where',
  ...forAnybody('Status'),
  responses: {
    200: json(About, 'What is where', examples.about),
    302: { description: 'To the console, where HTML is wanted', headers: z.object({ location: z.string() }) },
  },
})
front.openapi(about, (c) => {
  c.header('vary', 'accept')
  return c.req.header('accept')?.includes('text/html')
    ? c.redirect('/console', 302)
    : c.json(examples.about, 200)
})
