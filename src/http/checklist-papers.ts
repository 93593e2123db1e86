import { TenantSettings } from '../db/settings'
import type { Tenant } from '../db/tenants'
import { ATTACHMENT_PRIVILEGE } from '../poweroffice/attachments'
import { PowerOfficeProfile } from '../poweroffice/profile'
import { DOCUMENT_PRIVILEGE, READS_DOCUMENTS } from '../poweroffice/vouchers'
import type { ChecklistItem } from './checklist'

/** Invoices go without their papers as well: what is missing for these is said, and stops nothing. */
export function paperItems(tenant: Tenant): ChecklistItem[] {
  const profile = PowerOfficeProfile.safeParse(tenant.powerOffice).data
  const { invoices } = TenantSettings.parse(tenant.settings)
  if (!profile || !invoices.enabled) return []
  const may = (...anyOf: string[]) => anyOf.some((one) => profile.validPrivileges.includes(one))
  const { mode } = invoices
  if (mode === 'voucher')
    return [
      item(
        'voucher-documentation',
        may(DOCUMENT_PRIVILEGE)
          ? "Tribe's PDF of an invoice becomes the documentation of its voucher"
          : `Tribe's PDFs of invoices are not brought to PowerOffice: ${grant(DOCUMENT_PRIVILEGE)}`,
      ),
    ]
  return [
    ...(invoices.attachments === 'all'
      ? [
          item(
            'attachments',
            may(ATTACHMENT_PRIVILEGE)
              ? 'What hangs on an invoice in Tribe goes to its sales order'
              : `What hangs on invoices in Tribe is not brought to PowerOffice: ${grant(ATTACHMENT_PRIVILEGE)}`,
          ),
        ]
      : []),
    ...(invoices.pdfToTribe && mode !== 'book'
      ? [
          item(
            'pdf-to-tribe',
            may(...READS_DOCUMENTS)
              ? "PowerOffice's PDF of an invoice is attached to the invoice in Tribe"
              : `PowerOffice's PDFs of invoices are not brought to Tribe: ${grant('VoucherDocumentation')}`,
          ),
        ]
      : []),
  ]
}

const grant = (privilege: string) =>
  `ask PowerOffice (go-api@poweroffice.no) to grant ${privilege} to the integration, then connect again`

const item = (step: string, message: string): ChecklistItem => ({ step, ok: true, message })

/** A right that only its use shows to be missing. */
export function withPaperRefused(
  items: readonly ChecklistItem[],
  refused: { by: 'Tribe' | 'PowerOffice' } | null,
): ChecklistItem[] {
  if (!refused) return [...items]
  const why =
    refused.by === 'Tribe'
      ? 'Tribe does not let the application read and add attachments of invoices. Grant that in Tribe'
      : 'PowerOffice does not let the integration read the PDFs of invoices. Ask go-api@poweroffice.no for VoucherDocumentation'
  const message = `PowerOffice's PDFs of invoices are not brought to Tribe: ${why}; the relay tries again within a day`
  return items.map((one) => (one.step === 'pdf-to-tribe' ? { ...one, message } : one))
}
