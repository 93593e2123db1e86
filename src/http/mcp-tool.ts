import * as z from './zod'

/** What a tool of an assistant's is: calls of our own API, with the token of whoever it speaks for. */

/** Gives the body of the API's answer; throws an `ApiRefusal`. */
export type Ask = (method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, body?: unknown) => Promise<unknown>

/** The API said no. */
export class ApiRefusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

export interface Tool {
  title: string
  description: string
  input: z.ZodObject
}
export interface ReadTool extends Tool {
  read(ask: Ask, at: string, given: Record<string, unknown>): Promise<unknown>
  /** The act that this answer is the preview of: its confirmation comes along. */
  leadsTo?(answer: unknown): { action: string; given: Record<string, unknown> } | null
}
export interface ActTool extends Tool {
  /** What would be done, as things are now. It changes nothing. */
  preview(ask: Ask, at: string, given: Record<string, unknown>): Promise<unknown>
  act(ask: Ask, at: string, given: Record<string, unknown>): Promise<unknown>
}

export const text = (most: number) => z.string().trim().min(1).max(most)
/** Of every tool that is about one company. */
const TenantArgument = z.object({
  tenantId: z
    .string()
    .regex(/^[0-9a-f-]{36}$/)
    .optional()
    .describe('Which company; the operator has to say so, a company’s own token means its own'),
})
export const of = <T extends z.ZodRawShape>(shape: T) => z.strictObject({ ...TenantArgument.shape, ...shape })

export const Ids = { tribeId: text(100).optional(), powerOfficeId: text(100).optional() }
export const pages = {
  page: z.int().min(1).max(1000).default(1),
  pageSize: z.int().min(1).max(100).default(50),
}
export const queryOf = (given: Record<string, unknown>, names: readonly string[]): string => {
  const query = new URLSearchParams()
  for (const name of names) if (given[name] !== undefined) query.set(name, String(given[name]))
  return query.size > 0 ? `?${query}` : ''
}
