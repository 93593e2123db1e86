import type { Env } from '../env'
import { newConfirmation, takeConfirmation } from './mcp-confirmation'
import { ApiRefusal, type Ask, type ReadTool, type Tool } from './mcp-tool'
import { ACTS, READS } from './mcp-tools'
import { ABOUT as ABOUT_API, routes } from './openapi'
import * as z from './zod'

/** How an assistant's tools are listed and called: those that ask are asked, those that act want their confirmation first. */

export const FAULTS = {
  parse: -32700,
  request: -32600,
  method: -32601,
  params: -32602,
  internal: -32603,
} as const

export interface Caller {
  env: Env
  ask: Ask
  token: string
  /** The company whose token it is; null: the operator's. */
  tenantId: string | null
  now: number
}

export type Outcome = { result: Record<string, unknown> } | { fault: number; message: string }

const Preview = z.strictObject({
  action: z.enum(Object.keys(ACTS) as [string, ...string[]]).describe('The tool that would act'),
  arguments: z.record(z.string(), z.unknown()).default({}).describe('What it would be given'),
})
const Confirmation = { confirmation: z.string().max(2000).describe('As preview gave it for exactly this') }

const described = (name: string, { title, description, input }: Tool, annotations: object) => ({
  name,
  title,
  description,
  input,
  annotations: { title, openWorldHint: false, ...annotations },
})
const READ_ONLY = { readOnlyHint: true, destructiveHint: false, idempotentHint: true }
const DESCRIBED = [
  described(
    'list_companies',
    {
      title: 'Which companies there are',
      description: 'Those that this token reaches, and how each is doing.',
      input: z.strictObject({}),
    },
    READ_ONLY,
  ),
  ...Object.entries(READS).map(([name, tool]) => described(name, tool, READ_ONLY)),
  described(
    'preview',
    {
      title: 'What would be done',
      description:
        'Says what a tool that acts would do, and gives the confirmation that it needs: good once, for ten minutes, for exactly that. Changes nothing.',
      input: Preview,
    },
    READ_ONLY,
  ),
  ...Object.entries(ACTS).map(([name, tool]) =>
    described(
      name,
      {
        ...tool,
        description: `${tool.description} Needs a confirmation from preview, or from its own asking tool; without it, nothing is done.`,
        input: tool.input.extend(Confirmation),
      },
      { readOnlyHint: false, destructiveHint: true, idempotentHint: false },
    ),
  ),
]

/**
 * With their arguments as JSON Schema, made when they are first asked for, and once in the life of an isolate: by what
 * describes the API.
 */
let tools: object[] | null = null
export function toolList(): object[] {
  if (tools) return tools
  const registry = routes()
  for (const { name, input } of DESCRIBED) registry.openAPIRegistry.register(name, input)
  const { components } = registry.getOpenAPI31Document(ABOUT_API)
  tools = DESCRIBED.map(({ input: _, ...tool }) => ({
    ...tool,
    inputSchema: components?.schemas?.[tool.name] ?? {},
  }))
  return tools
}

/** A name that every object has is no tool. */
const toolIn = <T>(tools: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(tools, name) ? tools[name] : undefined

export async function callTool(
  name: string,
  given: Record<string, unknown>,
  caller: Caller,
): Promise<Outcome> {
  try {
    if (name === 'list_companies') return said(await companies(caller))
    const [read, act] = [toolIn(READS, name), toolIn(ACTS, name)]
    if (read) {
      const fitting = read.input.parse(given)
      return said(await asked(read, fitting, caller))
    }
    if (name === 'preview') return said(await previewed(given, caller))
    if (act) return said(await acted(name, given, caller))
    return { fault: FAULTS.params, message: 'There is no such tool' }
  } catch (thrown) {
    if (thrown instanceof ApiRefusal) return refused(thrown.code, thrown.message)
    if (thrown instanceof z.ZodError) {
      const faults = thrown.issues.map(({ path, message }) => `${path.join('.') || 'arguments'}: ${message}`)
      return refused('request.invalid', faults.join('; '))
    }
    throw thrown
  }
}

const said = (value: unknown): Outcome => ({
  result: { content: [{ type: 'text', text: JSON.stringify(value) }], structuredContent: value },
})
const refused = (code: string, message: string): Outcome => {
  const error = { code, message }
  return {
    result: {
      isError: true,
      structuredContent: { error },
      content: [{ type: 'text', text: JSON.stringify({ error }) }],
    },
  }
}

/** Whose it is, the API says: another company's id is as if it did not exist. */
function pathOf({ tenantId }: { tenantId?: unknown }, caller: Caller): string {
  const id = tenantId ?? caller.tenantId
  if (!id) throw new ApiRefusal(400, 'request.invalid', 'Say by tenantId which company is meant')
  return `/api/tenants/${id}`
}

async function companies({ ask, tenantId }: Caller): Promise<unknown> {
  if (tenantId === null) return ask('GET', '/status')
  const { id, name, state } = (await ask('GET', `/api/tenants/${tenantId}`)) as Record<string, unknown>
  return { tenants: [{ id, name, state }] }
}

/** What a preview of its own tells comes with the confirmation of the act that it is the preview of. */
async function asked(tool: ReadTool, given: Record<string, unknown>, caller: Caller): Promise<unknown> {
  const answer = await tool.read(caller.ask, pathOf(given, caller), given)
  const next = tool.leadsTo?.(answer)
  if (!next) return answer
  const { tenantId } = given
  const meant = { ...next.given, ...(tenantId === undefined ? {} : { tenantId }) }
  const { confirmed } = await lookedAt(next.action, meant, caller)
  const confirmation = await newConfirmation(caller.env, confirmed, caller.now)
  return { ...(answer as object), confirms: { action: next.action, arguments: meant }, ...confirmation }
}

async function previewed(given: Record<string, unknown>, caller: Caller) {
  const { action, arguments: meant } = Preview.parse(given)
  const { shown, confirmed } = await lookedAt(action, meant, caller)
  return { action, preview: shown, ...(await newConfirmation(caller.env, confirmed, caller.now)) }
}

async function acted(tool: string, { confirmation, ...meant }: Record<string, unknown>, caller: Caller) {
  const nothing = (why: string) =>
    new ApiRefusal(
      409,
      'assistant.not_confirmed',
      `Nothing was done: ${why}. Call preview, and act on what it gives`,
    )
  if (typeof confirmation !== 'string') throw nothing('there is no confirmation')
  const { act, fitting, path, confirmed } = await lookedAt(tool, meant, caller)
  if (!(await takeConfirmation(caller.env, confirmation, confirmed, caller.now)))
    throw nothing('the confirmation is not for this, is used up or too old, or things have changed since')
  return { done: true, result: await act(caller.ask, path, fitting) }
}

/** What an act would do as things are now. */
async function lookedAt(tool: string, meant: Record<string, unknown>, caller: Caller) {
  const about = toolIn(ACTS, tool)
  if (!about) throw new ApiRefusal(400, 'request.invalid', 'There is no such action')
  const fitting = about.input.parse(meant)
  const path = pathOf(fitting, caller)
  const shown = await about.preview(caller.ask, path, fitting)
  const given = { ...fitting, tenantId: path }
  return { act: about.act, fitting, path, shown, confirmed: { token: caller.token, tool, given, shown } }
}
