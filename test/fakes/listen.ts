/** Puts a fake on a free port of 127.0.0.1. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { DROP } from './kit'

export interface Listening {
  /** Without a slash at the end. */
  url: string
  close(): Promise<void>
}

export async function listen(app: Hono, port = 0): Promise<Listening> {
  const server = createServer((incoming, outgoing) => {
    const listener = getRequestListener(async (request, env) => {
      const response = await app.fetch(request, env)
      if (response.headers.has(DROP)) {
        incoming.socket.destroy()
        return new Response(null, { headers: { 'x-hono-already-sent': 'true' } })
      }
      return response
    })
    void listener(incoming, outgoing)
  })
  // The relay keeps connections open between calls; a fake must not close one under it.
  server.keepAliveTimeout = 120_000
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
