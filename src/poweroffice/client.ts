import { shaped } from '../shared/api'
import { createCaller, type PowerOfficeOptions } from './caller'
import { catalogCalls } from './catalog'
import { contactCalls } from './contacts'
import { invoiceCalls } from './invoices'
import { ClientInformation } from './schemas'

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

    async clientInformation(): Promise<ClientInformation> {
      return shaped('poweroffice', ClientInformation, (await caller.get('ClientIntegrationInformation')).json)
    },
  }
}

export type { PatchOperation } from './caller'
export type { ContactKind } from './contacts'
export type { HowToSend } from './invoices'
