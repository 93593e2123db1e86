/** Which two companies a tenant serves: an organisation in Tribe and a client in PowerOffice; null where it is not connected. */
export interface Companies {
  organization: string | null
  client: string | null
}

/** Either system may spell an id in capitals or small letters; here it has one spelling. Null: it is not known. */
export function identityOf(id: string | null | undefined): string | null {
  return id?.trim().toLowerCase() || null
}

/** Whether one of the two is another company than before. To be connected for the first time is no change. */
export const areOthers = (before: Companies, now: Companies): boolean =>
  isOther(before.organization, now.organization) || isOther(before.client, now.client)

export const isOther = (before: string | null, now: string | null): boolean =>
  before !== null && before !== now
