import { ApiError } from '../shared/errors'
import { attachmentCalls } from './attachments'
import { createCaller, type PowerOfficeOptions } from './caller'
import { catalogCalls } from './catalog'
import { contactCalls } from './contacts'
import { invoiceCalls } from './invoices'
import { ClientInformation, OwnOrganization } from './schemas'
import { voucherCalls } from './vouchers'

export type PowerOffice = ReturnType<typeof createPowerOffice>

/**
 * PowerOffice Go, one method for each call we make. Every method throws an ApiError (see `shared/api.ts`);
 * a key that is refused is `reconnect`. Every call, retries included, waits for its turn at the gate.
 */
export function createPowerOffice(options: PowerOfficeOptions) {
  const caller = createCaller(options)
  return {
    ...contactCalls(caller),
    ...catalogCalls(caller),
    ...invoiceCalls(caller),
    ...voucherCalls(caller),
    ...attachmentCalls(caller),

    async clientInformation(): Promise<ClientInformation> {
      return caller.read(ClientInformation, await caller.get('ClientIntegrationInformation'))
    },

    /** The integration is taken out of the client: its key opens nothing any more. */
    async removeIntegration(): Promise<void> {
      await caller.remove('Offboarding/RemoveIntegration')
    },

    /** The id of the client's own organisation; null when PowerOffice does not say, or not to this integration. */
    async organizationId(): Promise<string | null> {
      try {
        return caller.read(OwnOrganization, await caller.get('OrganizationSettings')).Id ?? null
      } catch (thrown) {
        if (thrown instanceof ApiError && thrown.remedy !== 'time') return null
        throw thrown
      }
    },
  }
}

export type { PatchOperation } from './caller'
export type { ContactKind } from './contacts'
export type { HowToSend } from './invoices'
