import type { TenantSettings } from '../db/settings'
import type { DryRunChange } from '../http/dry-run'
import type { Fields } from '../http/fields'
import type { Api } from './api'
import type { Filled } from './form'
import { apiPath } from './view'

/** What the forms of the settings ask for, as the API takes it: to be saved, or only to be tried. */

export const RELATION_PARTS = ['suppliers', 'contactPersons', 'privatePersons', 'financialFields'] as const
export const MODES = ['draft', 'book', 'send', 'voucher'] as const
export const POLICIES = ['poweroffice', 'tribe', 'newest'] as const
export const DIRECTIONS = ['to-tribe', 'to-poweroffice', 'both'] as const
export const KINDS = ['customer', 'supplier', 'contactPerson', 'product', 'invoice'] as const

/** The steps whose forms change what is synced. */
export const CHANGING_STEPS = ['general', 'account', 'units', 'vat', 'fields'] as const
export type ChangingStep = (typeof CHANGING_STEPS)[number]

export type FieldRow = Fields['mapped'][number]
export const kindIn = (text: string | undefined): FieldRow['record'] =>
  KINDS.find((kind) => kind === text) ?? 'customer'
export const keyOfRow = ({ record, tribeField, powerOfficeField }: FieldRow) =>
  `${record} ${tribeField} ${powerOfficeField}`

/** The change that a form asks for. Of fields, the form holds one row, to be added or removed; the API takes all of them. */
export async function changeIn(
  api: Api,
  tenantId: string,
  step: ChangingStep,
  form: Filled,
): Promise<DryRunChange> {
  switch (step) {
    case 'general':
      return { settings: generalIn(form) }
    case 'account':
      return { settings: { defaultSalesAccountNo: Number(form.text('account')) || null } }
    case 'units':
      return { units: { mappings: unitsIn(form) } }
    case 'vat':
      return { vat: { mappings: vatIn(form) } }
    case 'fields': {
      const { mapped } = await api.get<Fields>(apiPath(tenantId, '/fields'))
      return { fields: { mapped: rowsWith(mapped, form) } }
    }
    default:
      return step satisfies never
  }
}

/** Saves it, part by part. Throws a Refusal at the first that the API does not take. */
export async function saveChange(api: Api, tenantId: string, change: DryRunChange): Promise<void> {
  const { settings, units, vat, fields } = change
  if (settings) await api.send('PATCH', apiPath(tenantId, '/settings'), settings)
  if (units) await api.send('PUT', apiPath(tenantId, '/mappings/units'), units)
  if (vat) await api.send('PUT', apiPath(tenantId, '/mappings/vat'), vat)
  if (fields) await api.send('PUT', apiPath(tenantId, '/fields'), fields)
}

/** Which form a change came from. */
export function stepOfChange({ settings, units, vat, fields }: DryRunChange): ChangingStep {
  if (fields) return 'fields'
  if (vat) return 'vat'
  if (units) return 'units'
  return settings && Object.hasOwn(settings, 'defaultSalesAccountNo') ? 'account' : 'general'
}

/** The settings as they would be: a form that was only tried is shown as it was filled in. */
export function settingsWith(
  settings: TenantSettings,
  change: DryRunChange['settings'] = {},
): TenantSettings {
  return {
    ...settings,
    relations: laidOver(settings.relations, change.relations),
    products: laidOver(settings.products, change.products),
    invoices: laidOver(settings.invoices, change.invoices),
    payments: laidOver(settings.payments, change.payments),
    defaultSalesAccountNo: change.defaultSalesAccountNo ?? settings.defaultSalesAccountNo,
    conflictPolicy: change.conflictPolicy ?? settings.conflictPolicy,
    keepBefore: laidOver(settings.keepBefore, change.keepBefore),
  }
}

/** A form leaves out what it does not show. */
const laidOver = <T extends object>(one: T, other: { [K in keyof T]?: T[K] | undefined } = {}): T =>
  ({ ...one, ...other }) as T

function generalIn(form: Filled): NonNullable<DryRunChange['settings']> {
  const among = <T extends string>(choices: readonly T[], name: string) =>
    choices.find((choice) => choice === form.text(name))
  const mode = among(MODES, 'mode')
  const conflictPolicy = among(POLICIES, 'conflictPolicy')
  const days = form.text('keepBeforeDays')
  return {
    relations: {
      enabled: form.isOn('relations'),
      ...Object.fromEntries(RELATION_PARTS.map((part) => [part, form.isOn(part)])),
    },
    products: { enabled: form.isOn('products') },
    invoices: {
      enabled: form.isOn('invoices'),
      ...(mode ? { mode } : {}),
      ...(form.isOn('papersShown')
        ? {
            attachments: form.isOn('attachments') ? ('all' as const) : ('none' as const),
            pdfToTribe: form.isOn('pdfToTribe'),
            delivery: form.isOn('deliveryRule') ? ('rule' as const) : ('leave' as const),
          }
        : {}),
      // Where Tribe's phases were not shown, nobody has chosen among them.
      ...(form.isOn('phasesShown') ? { sentPhaseIds: form.all('sentPhase') } : {}),
    },
    payments: {
      enabled: form.isOn('payments'),
      ...(form.isOn('phasesShown') ? { paidPhaseId: form.text('paidPhase') || null } : {}),
    },
    ...(conflictPolicy ? { conflictPolicy } : {}),
    // What is no number of days is the API's to refuse.
    ...(days === '' ? {} : { keepBefore: { days: Number(days) } }),
  }
}

function unitsIn(form: Filled) {
  const chosen = form.among('unit:').filter(([, unit]) => unit !== '')
  return chosen.map(([tribeUnitId, powerOfficeUnit]) => ({ tribeUnitId, powerOfficeUnit }))
}

function vatIn(form: Filled) {
  const chosen = form.among('vat:').filter(([, account]) => account !== '')
  return chosen.map(([tribeVatGroupId, account]) => {
    const at = account.lastIndexOf(':')
    return {
      tribeVatGroupId,
      powerOfficeVatCode: account.slice(0, at),
      salesAccountNo: Number(account.slice(at + 1)),
    }
  })
}

/** The rows without the one that is to be removed, or with the new one. */
function rowsWith(mapped: readonly FieldRow[], form: Filled): FieldRow[] {
  const gone = form.text('row')
  if (gone !== '') return mapped.filter((row) => keyOfRow(row) !== gone)
  return [...mapped, rowIn(form)]
}

/** The row that the form of a new one describes. */
export const rowIn = (form: Pick<Filled, 'text'>): FieldRow => ({
  record: kindIn(form.text('record')),
  tribeField: form.text('tribeField'),
  powerOfficeField: form.text('powerOfficeField'),
  direction: DIRECTIONS.find((one) => one === form.text('direction')) ?? 'to-tribe',
})
