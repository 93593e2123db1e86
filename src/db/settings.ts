import * as z from 'zod/v4'

/**
 * How an invoice gets to the books: as a sales order that a bookkeeper sends, that is posted, or that is posted and
 * delivered; or as a voucher, under the number that Tribe has given it.
 */
export const MODES = ['draft', 'book', 'send', 'voucher'] as const
/**
 * How customers that the relay makes get their invoices: as PowerOffice has it, or electronically wherever that goes.
 * What a bookkeeper has set of a customer is never changed.
 */
export const DELIVERIES = ['leave', 'rule'] as const
/** What hangs on an invoice in Tribe goes along to its sales order, or not. */
export const ATTACHMENTS = ['none', 'all'] as const

/**
 * A tenant's settings: all parts are on until somebody switches one off. What a newer
 * version has stored and this one does not know is passed over, so that a version can be rolled back.
 */
export const TenantSettings = z.object({
  relations: z
    .object({
      enabled: z.boolean().default(true),
      suppliers: z.boolean().default(true),
      contactPersons: z.boolean().default(true),
      privatePersons: z.boolean().default(true),
      financialFields: z.boolean().default(true),
    })
    .prefault({}),
  products: z.object({ enabled: z.boolean().default(true) }).prefault({}),
  invoices: z
    .object({
      enabled: z.boolean().default(true),
      mode: z.enum(MODES).default('draft'),
      sentPhaseIds: z.array(z.string().min(1)).default([]),
      /** Where the øre goes that prices with VAT cannot be told to; null: such an invoice is told, and stays a draft. */
      roundingAccountNo: z.int().positive().nullable().default(null),
      delivery: z.enum(DELIVERIES).default('leave'),
      attachments: z.enum(ATTACHMENTS).default('none'),
      /** PowerOffice's PDF of an invoice that it has issued is attached to Tribe's invoice. */
      pdfToTribe: z.boolean().default(true),
    })
    .prefault({}),
  payments: z
    .object({
      enabled: z.boolean().default(true),
      paidPhaseId: z.string().min(1).nullable().default(null),
    })
    .prefault({}),
  defaultSalesAccountNo: z.int().positive().nullable().default(null),
  conflictPolicy: z.enum(['poweroffice', 'tribe', 'newest']).default('poweroffice'),
  /** For how many days values that the relay overwrites are kept, sealed, so that they can be brought back. */
  keepBefore: z.object({ days: z.int().min(0).max(30).default(0) }).prefault({}),
  /** Who is told when the tenant turns well or ill. */
  alerts: z
    .object({
      webhookUrl: z.string().nullable().default(null),
      email: z.string().nullable().default(null),
    })
    .prefault({}),
  /** Where the tenant is told what happened to its records. */
  events: z.object({ url: z.string().nullable().default(null) }).prefault({}),
})
export type TenantSettings = z.infer<typeof TenantSettings>

/** However the letters of a uuid are written, it is the same. */
const phaseId = z.string().min(1).toLowerCase()

/** Any part of the settings, for `PATCH`. */
export const SettingsChange = z.strictObject({
  relations: z
    .strictObject({
      enabled: z.boolean(),
      suppliers: z.boolean(),
      contactPersons: z.boolean(),
      privatePersons: z.boolean(),
      financialFields: z.boolean(),
    })
    .partial()
    .optional(),
  products: z.strictObject({ enabled: z.boolean() }).partial().optional(),
  invoices: z
    .strictObject({
      enabled: z.boolean(),
      mode: z.enum(MODES),
      sentPhaseIds: z.array(phaseId),
      roundingAccountNo: z.int().positive().nullable(),
      delivery: z.enum(DELIVERIES),
      attachments: z.enum(ATTACHMENTS),
      pdfToTribe: z.boolean(),
    })
    .partial()
    .optional(),
  payments: z.strictObject({ enabled: z.boolean(), paidPhaseId: phaseId.nullable() }).partial().optional(),
  defaultSalesAccountNo: z.int().positive().nullable().optional(),
  conflictPolicy: z.enum(['poweroffice', 'tribe', 'newest']).optional(),
  keepBefore: z
    .strictObject({ days: z.int().min(0).max(30) })
    .partial()
    .optional(),
  alerts: z
    .strictObject({
      webhookUrl: z.string().trim().max(2000).nullable(),
      /** By it the messages to that URL are signed; sealed, and never shown again. */
      webhookSecret: z.string().min(16).max(200),
      email: z.email().max(200).nullable(),
    })
    .partial()
    .optional(),
  events: z
    .strictObject({
      url: z.string().trim().max(2000).nullable(),
      /** By it the events are signed: `whsec_` and base64, or any text; sealed, and never shown again. */
      secret: z.string().min(16).max(200),
    })
    .partial()
    .optional(),
})
export type SettingsChange = z.infer<typeof SettingsChange>

/** The settings with a change laid over them, part by part. */
export function withChange(settings: TenantSettings, change: SettingsChange): TenantSettings {
  const { webhookSecret: _, ...alerts } = change.alerts ?? {}
  const { secret: __, ...events } = change.events ?? {}
  return TenantSettings.parse({
    ...settings,
    ...change,
    relations: { ...settings.relations, ...change.relations },
    products: { ...settings.products, ...change.products },
    invoices: { ...settings.invoices, ...change.invoices },
    payments: { ...settings.payments, ...change.payments },
    keepBefore: { ...settings.keepBefore, ...change.keepBefore },
    alerts: { ...settings.alerts, ...alerts },
    events: { ...settings.events, ...events },
  })
}
