import {
  type Caller,
  listQuery,
  MOST_ROWS,
  mayBeDuplicate,
  type Page,
  type PageQuery,
  type PatchOperation,
  unlessUnknown,
} from './caller'
import { Contact, ContactName, CustomerState, PersonPlace } from './schemas'

export type ContactKind = 'customer' | 'supplier' | 'contactPerson'

/** Names one contact; a contact person is found below the contact that it belongs to. */
export interface ContactId {
  id: string
  parentId: string | null
}

const PATH = { customer: 'Customers', supplier: 'Suppliers', contactPerson: 'ContactPersons' } as const
const listOf = (kind: ContactKind, parentId: string | null) =>
  parentId === null ? PATH[kind] : `${PATH[kind]}/${encodeURIComponent(parentId)}`
const pathOf = (kind: ContactKind, { id, parentId }: ContactId) =>
  `${listOf(kind, parentId)}/${encodeURIComponent(id)}`

/** Customers, suppliers and contact persons (API.md §6.1–6.3). */
export function contactCalls(caller: Caller) {
  /** Those that a filter names. */
  const namedBy = async (
    kind: ContactKind,
    filter: Record<string, string>,
    most = 10,
  ): Promise<Contact[]> => {
    const query = { ...filter, PageNumber: 1, OrderBy: 'Id asc' }
    return unlessUnknown(async () => (await caller.page(Contact, PATH[kind], query, most)).rows, [])
  }

  return {
    /** Customers or suppliers, archived ones too. */
    async contacts(kind: ContactKind, query: PageQuery): Promise<Page<Contact>> {
      return caller.page(Contact, PATH[kind], listQuery(query), query.pageSize)
    },

    /** What a bookkeeper set of each customer: work stop and delivery; one call for each 20,000. */
    async customerStates(): Promise<CustomerState[]> {
      const Fields = Object.keys(CustomerState.shape).join(',')
      return (await caller.everything(CustomerState, PATH.customer, { Fields }, MOST_ROWS)).rows
    },

    /** How many contacts there are, persons too; one call for each 20,000. */
    async countContacts(kind: ContactKind): Promise<number> {
      return caller.count(PATH[kind])
    },

    /** Null when there is no such contact, or not in this role; or when nobody knows whose person it is. */
    async findContact(kind: ContactKind, which: ContactId): Promise<Contact | null> {
      if (kind === 'contactPerson' && which.parentId === null) return null
      return unlessUnknown(async () => caller.read(Contact, await caller.get(pathOf(kind, which))), null)
    },

    /** The contact that carries one of these references of ours; references are unique within a kind (API.md §9). */
    async findContactByReference(kind: ContactKind, references: readonly string[]): Promise<Contact | null> {
      // The filter of customers and suppliers takes one value, that of contact persons a list.
      const filter = kind === 'contactPerson' ? 'externalCodes' : 'externalImportReference'
      const asked = kind === 'contactPerson' ? [references.join(',')].filter(Boolean) : references
      for (const one of asked) {
        const rows = await namedBy(kind, { [filter]: one })
        const found = rows.find((row) => references.includes(referenceIn(row)))
        if (found) return found
      }
      return null
    },

    /** The contact with that number, in this role. */
    async findContactByNumber(kind: 'customer' | 'supplier', number: string): Promise<Contact | null> {
      if (!/^\d{1,15}$/.test(number)) return null
      const rows = await namedBy(kind, { [kind === 'customer' ? 'customerNos' : 'supplierNos']: number })
      return rows.find((row) => String(row.Number) === number) ?? null
    },

    /** Who they are, and no more: the first 20,000, in one call. There is no filter on names (API.md §6.1). */
    async contactNames(kind: ContactKind): Promise<ContactName[]> {
      const Fields = kind === 'contactPerson' ? 'Id,FirstName,LastName' : 'Id,Number,Name,FirstName,LastName'
      const query = { Fields, PageNumber: 1, OrderBy: 'Id asc' }
      return (await caller.page(ContactName, PATH[kind], query, MOST_ROWS)).rows
    },

    /** The contact that a contact person belongs to, when nobody has noted it; one call for each 20,000 persons. */
    async companyOfPerson(id: string): Promise<string | null> {
      const Fields = Object.keys(PersonPlace.shape).join(',')
      const { rows } = await caller.everything(PersonPlace, PATH.contactPerson, { Fields }, MOST_ROWS)
      const found = rows.find((row) => String(row.Id) === id)
      return found?.ContactId == null ? null : String(found.ContactId)
    },

    /** The contact persons of one contact. */
    async personsOf(contactId: string): Promise<Contact[]> {
      return namedBy('contactPerson', { contactIds: contactId }, 5000)
    },

    /**
     * Makes a contact with our reference. When that is taken, its holder is what we made earlier and forgot: it is given
     * back instead, and not new. It is found by what the refusal says, else by the reference (API.md §5.2).
     */
    async createContact(
      kind: ContactKind,
      { parentId, reference }: { parentId: string | null; reference: string },
      contact: object,
    ): Promise<{ contact: Contact; isNew: boolean }> {
      try {
        const answer = await caller.write('POST', listOf(kind, parentId), contact)
        return { contact: caller.read(Contact, answer, true), isNew: true }
      } catch (thrown) {
        if (!mayBeDuplicate(thrown)) throw thrown
        const holder = holderOf(thrown.said)
        const named = holder === null ? null : await this.findContact(kind, { id: holder, parentId })
        // What is taken may be another number of another company. A contact person may be at another one.
        const found =
          named && referenceIn(named) === reference
            ? named
            : await this.findContactByReference(kind, [reference])
        if (found) return { contact: found, isNew: false }
        throw thrown
      }
    },

    async patchContact(kind: ContactKind, which: ContactId, changes: PatchOperation[]): Promise<Contact> {
      const answer = await caller.write('PATCH', pathOf(kind, which), changes)
      return caller.read(Contact, answer, true)
    },
  }
}

const referenceIn = (row: Contact): string => row.ExternalImportReference ?? row.ExternalCode ?? ''

/** "ExternalImportReference is already in use. '…' is used on (contact) Id = 123." → "123" */
function holderOf(said: string | null): string | null {
  if (!said || !/already in use/i.test(said)) return null
  return /Id\s*=\s*(\d+)/.exec(said)?.[1] ?? null
}
