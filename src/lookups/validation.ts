import type { UnitMapping, VatMapping } from '../db/mappings'
import type { TenantSettings } from '../db/settings'
import type { VatCode } from '../poweroffice/schemas'
import type { Day } from '../shared/dates'
import type { Lookups } from './lookups'
import { goneOf } from './phases'
import { POWEROFFICE_UNITS } from './proposals'

/** Whether what an admin maps can be so; the first bad entry is named. Pure. */

export interface BadEntry {
  code: string
  message: string
  index: number
}

export function checkUnits(mappings: readonly UnitMapping[], { tribe }: Lookups): BadEntry | null {
  const seen = new Set<string>()
  for (const [index, { tribeUnitId, powerOfficeUnit }] of mappings.entries()) {
    if (!tribe.units.some((unit) => unit.id === tribeUnitId))
      return { index, code: 'mapping.unit_unknown', message: `Tribe has no unit ${tribeUnitId}` }
    if (!POWEROFFICE_UNITS.some((unit) => unit.code === powerOfficeUnit))
      return {
        index,
        code: 'mapping.unit_code_unknown',
        message: `PowerOffice has no unit "${powerOfficeUnit}"`,
      }
    if (seen.has(tribeUnitId))
      return { index, code: 'mapping.twice', message: `The unit ${tribeUnitId} is mapped twice` }
    seen.add(tribeUnitId)
  }
  return null
}

export interface VatEntry {
  tribeVatGroupId: string
  powerOfficeVatCode: string
  salesAccountNo?: number | undefined
}

/**
 * Checks the entries and finds the sales account where none is named: the default ledger account if it
 * carries the code, else the only income account that does.
 */
export function completeVat(
  mappings: readonly VatEntry[],
  lookups: Lookups,
  defaultSalesAccountNo: number | null,
): VatMapping[] | BadEntry {
  const seen = new Set<string>()
  const complete: VatMapping[] = []
  for (const [index, entry] of mappings.entries()) {
    const bad = (code: string, message: string): BadEntry => ({ index, code, message })
    const { tribeVatGroupId, powerOfficeVatCode } = entry
    if (!lookups.tribe.vatGroups.some((group) => group.id === tribeVatGroupId))
      return bad('mapping.vat_group_unknown', `Tribe has no VAT group ${tribeVatGroupId}`)
    if (seen.has(tribeVatGroupId))
      return bad('mapping.twice', `The VAT group ${tribeVatGroupId} is mapped twice`)
    seen.add(tribeVatGroupId)
    if (!lookups.powerOffice.vatCodes.some((vat) => vat.code === powerOfficeVatCode))
      return bad('mapping.vat_code_unknown', `PowerOffice has no active VAT code "${powerOfficeVatCode}"`)
    const account = accountFor(entry, lookups, defaultSalesAccountNo)
    if (typeof account === 'string') return bad(account, ACCOUNT_FAULTS[account](entry))
    complete.push({
      tribeVatGroupId,
      powerOfficeVatCode,
      salesAccountNo: account.accountNo,
      salesAccountId: account.id,
    })
  }
  return complete
}

const ACCOUNT_FAULTS = {
  'mapping.account_unknown': ({ salesAccountNo }: VatEntry) =>
    `PowerOffice has no income account ${salesAccountNo}`,
  'mapping.account_archived': ({ salesAccountNo }: VatEntry) =>
    `The account ${salesAccountNo} is not active in PowerOffice`,
  'mapping.account_has_other_vat': ({ salesAccountNo, powerOfficeVatCode }: VatEntry) =>
    `The account ${salesAccountNo} does not carry the VAT code "${powerOfficeVatCode}"`,
  'mapping.account_missing': ({ powerOfficeVatCode }: VatEntry) =>
    `No active income account carries the VAT code "${powerOfficeVatCode}"`,
  'mapping.account_ambiguous': ({ powerOfficeVatCode }: VatEntry) =>
    `Several income accounts carry the VAT code "${powerOfficeVatCode}": name one with salesAccountNo`,
} as const

type Account = Lookups['powerOffice']['salesAccounts'][number]

function accountFor(
  { powerOfficeVatCode, salesAccountNo }: VatEntry,
  { powerOffice }: Lookups,
  defaultSalesAccountNo: number | null,
): Account | keyof typeof ACCOUNT_FAULTS {
  if (salesAccountNo !== undefined) {
    const named = powerOffice.salesAccounts.find((account) => account.accountNo === salesAccountNo)
    if (!named) return 'mapping.account_unknown'
    if (!named.isActive) return 'mapping.account_archived'
    return named.vatCode === powerOfficeVatCode ? named : 'mapping.account_has_other_vat'
  }
  const carriers = powerOffice.salesAccounts.filter(
    (account) => account.isActive && account.vatCode === powerOfficeVatCode,
  )
  const standard = carriers.find((account) => account.accountNo === defaultSalesAccountNo)
  if (standard) return standard
  if (carriers.length > 1) return 'mapping.account_ambiguous'
  return carriers[0] ?? 'mapping.account_missing'
}

/** What is in use and not mapped, or mapped to what is no more: said before it bites. */
export interface Gap {
  code:
    | 'unit.unmapped'
    | 'unit.gone'
    | 'vat.unmapped'
    | 'vat.account_gone'
    | 'account.default_gone'
    | 'phase.gone'
  /** The unit, VAT group or phase in Tribe; `default-account`: the default ledger account. */
  tribeId: string
  name: string
}

export function gapsIn(lookups: Lookups, units: readonly UnitMapping[], vat: readonly VatMapping[]): Gap[] {
  const { tribe } = lookups
  return [
    ...gapsAmong(tribe.units, {
      mappingOf: (id) => units.find((one) => one.tribeUnitId === id),
      isUsable: isUnitThere,
      unmapped: 'unit.unmapped',
      unusable: 'unit.gone',
    }),
    ...gapsAmong(tribe.vatGroups, {
      mappingOf: (id) => vat.find((one) => one.tribeVatGroupId === id),
      isUsable: (mapping) => isCarried(mapping, lookups),
      unmapped: 'vat.unmapped',
      unusable: 'vat.account_gone',
    }),
  ]
}

interface HowMapped<Mapping> {
  mappingOf: (id: string) => Mapping | undefined
  /** What it is mapped to is still there. */
  isUsable: (mapping: Mapping) => boolean
  unmapped: Gap['code']
  unusable: Gap['code']
}

function gapsAmong<Mapping>(
  list: Lookups['tribe']['units' | 'vatGroups'],
  { mappingOf, isUsable, unmapped, unusable }: HowMapped<Mapping>,
): Gap[] {
  return list.flatMap(({ id, name, code, inUse }): Gap[] => {
    const mapping = mappingOf(id)
    const gap = { tribeId: id, name: name ?? code ?? id }
    if (!mapping) return inUse ? [{ code: unmapped, ...gap }] : []
    return isUsable(mapping) ? [] : [{ code: unusable, ...gap }]
  })
}

/** The account is active and carries the code, which is in force. */
export const isCarried = (mapping: VatMapping, { powerOffice }: Lookups): boolean =>
  powerOffice.vatCodes.some(({ code }) => code === mapping.powerOfficeVatCode) &&
  powerOffice.salesAccounts.some(
    (account) =>
      account.id === mapping.salesAccountId &&
      account.isActive &&
      account.vatCode === mapping.powerOfficeVatCode,
  )

/** A code may be listed once for each rate that it had, has or will have: one of them counts on a day. */
export const isInForce = (
  { IsActive, ValidFrom, ValidTo }: Omit<VatCode, 'Id' | 'Rate'>,
  today: Day,
): boolean =>
  IsActive !== false &&
  (ValidFrom ?? '').slice(0, 10) <= today &&
  (ValidTo == null || ValidTo.slice(0, 10) >= today)

export const isUnitThere = ({ powerOfficeUnit }: UnitMapping): boolean =>
  POWEROFFICE_UNITS.some(({ code }) => code === powerOfficeUnit)

/** The default ledger account takes sales: what has no VAT group is booked on it. */
export const isDefaultUsable = (defaultSalesAccountNo: number | null, { powerOffice }: Lookups): boolean =>
  powerOffice.salesAccounts.some((account) => account.accountNo === defaultSalesAccountNo && account.isActive)

/** What the settings name and is there no more: the default ledger account, phases of invoices. */
export function gapsInSettings(
  lookups: Lookups,
  { defaultSalesAccountNo, invoices, payments }: TenantSettings,
): Gap[] {
  const { invoicePhases } = lookups.tribe
  const named = [
    ...(invoices.enabled ? invoices.sentPhaseIds : []),
    ...(payments.enabled && payments.paidPhaseId !== null ? [payments.paidPhaseId] : []),
  ]
  const gone = goneOf(invoicePhases, named)
  const isDefaultGone = defaultSalesAccountNo !== null && !isDefaultUsable(defaultSalesAccountNo, lookups)
  return [
    ...(isDefaultGone
      ? [
          {
            code: 'account.default_gone' as const,
            tribeId: 'default-account',
            name: String(defaultSalesAccountNo),
          },
        ]
      : []),
    ...[...gone].map((id) => ({ code: 'phase.gone' as const, tribeId: id, name: id })),
  ]
}

export const GAP_MESSAGES: Readonly<Record<Gap['code'], (name: string) => string>> = {
  'unit.unmapped': (name) =>
    `The unit "${name}" is in use in Tribe and has no PowerOffice unit: map it under Units`,
  'unit.gone': (name) =>
    `The unit "${name}" is mapped to a unit that PowerOffice does not have any more: map it anew under Units`,
  'account.default_gone': (name) =>
    `The default ledger account "${name}" is not active in PowerOffice any more: choose another one, and map what was booked on it`,
  'phase.gone': (name) =>
    `The settings name a phase of invoices "${name}" that Tribe does not have any more: choose another one, and map it in the settings`,
  'vat.unmapped': (name) =>
    `The VAT group "${name}" is in use in Tribe and has no VAT code: map it under VAT groups`,
  'vat.account_gone': (name) =>
    `The sales account of the VAT group "${name}" is not active in PowerOffice any more, or carries another VAT code: map the group anew`,
}
