/** What an environment has before anybody touches it: its own company, staff, lookups. */
import type { Core, Deed } from './core'
import { listOf } from './custom-fields'
import { lookup } from './fill-in'
import type { Fields } from './store'
import { create } from './write'

const QUIET: Deed = { by: 'user', silent: true }

type Entry = [code: string, name: string, more?: Fields]

const UNITS: Entry[] = [
  ['pcs', 'Piece'],
  ['hr', 'Hour'],
  ['kg', 'Kilogram'],
  ['g', 'Gram'],
  ['m', 'Metre'],
  ['m2', 'Square metre'],
  ['m3', 'Cubic metre'],
  ['cm', 'Centimetre'],
  ['km', 'Kilometre'],
  ['l', 'Litre'],
  ['box', 'Box'],
  ['day', 'Day'],
  ['week', 'Week'],
  ['month', 'Month'],
  ['year', 'Year'],
  ['set', 'Set'],
  ['min', 'Minute'],
]

const VAT_GROUPS: [code: string, name: string, percentage: number, country: string][] = [
  ['NO25', 'NO - 25%', 25, 'NO'],
  ['NO15', 'NO - 15%', 15, 'NO'],
  ['NO12', 'NO - 12%', 12, 'NO'],
  ['NO0', 'NO - 0%', 0, 'NO'],
  ['NL21', 'NL - 21%', 21, 'NL'],
  ['NL9', 'NL - 9%', 9, 'NL'],
  ['NL0', 'NL - 0%', 0, 'NL'],
]

const COUNTRIES: [code: string, name: string, number: string, isEu: boolean][] = [
  ['NO', 'Norway', '578', false],
  ['NL', 'Netherlands', '528', true],
  ['SE', 'Sweden', '752', true],
  ['DK', 'Denmark', '208', true],
  ['FI', 'Finland', '246', true],
  ['DE', 'Germany', '276', true],
  ['BE', 'Belgium', '056', true],
  ['FR', 'France', '250', true],
  ['ES', 'Spain', '724', true],
  ['IT', 'Italy', '380', true],
  ['PL', 'Poland', '616', true],
  ['GB', 'United Kingdom', '826', false],
  ['IE', 'Ireland', '372', true],
  ['IS', 'Iceland', '352', false],
  ['CH', 'Switzerland', '756', false],
  ['US', 'United States', '840', false],
]

const PLAIN: Record<string, Entry[]> = {
  Datastore_AdressType: [
    ['Visiting', 'Visiting address'],
    ['Postal', 'Postal address'],
    ['Invoice', 'Invoice address'],
    ['Delivery', 'Delivery address'],
  ],
  Datastore_PaymentStatus: [
    ['Open', 'Open'],
    ['Pending', 'Pending'],
    ['Paid', 'Paid'],
    ['Failed', 'Failed'],
    ['Cancelled', 'Cancelled'],
    ['Refunded', 'Refunded'],
  ],
  Datastore_PaymentMethod: [
    ['Bank', 'Bank transfer'],
    ['Card', 'Card'],
    ['DirectDebit', 'Direct debit'],
    ['Cash', 'Cash'],
  ],
  Datastore_GeneralLedgerAccount: [
    ['3000', 'Salgsinntekt, avgiftspliktig'],
    ['3100', 'Salgsinntekt, avgiftsfri'],
    ['8000', 'Omzet hoog'],
  ],
  Datastore_Role: [
    ['Finance', 'Finance'],
    ['Management', 'Management'],
    ['Purchase', 'Purchase'],
  ],
  Datastore_Group: [
    ['A', 'Group A'],
    ['B', 'Group B'],
  ],
  Datastore_Branch: [
    ['IT', 'IT'],
    ['Building', 'Building'],
  ],
  Datastore_Language: [
    ['nl', 'Nederlands'],
    ['nb', 'Norsk bokmål'],
    ['en', 'English'],
  ],
  Datastore_Gender: [
    ['F', 'Female'],
    ['M', 'Male'],
    ['X', 'Other'],
  ],
  Datastore_CustomerStatus: [['Active', 'Active']],
}

const PHASES: Entry[] = [
  ['Draft', 'Concept'],
  ['Sent', 'Verstuurd'],
  ['FirstReminder', '1e herinnering'],
  ['SecondReminder', '2e herinnering'],
  ['Paid', 'Betaald'],
  ['Credited', 'Gecrediteerd'],
]

export function furnish(core: Core): void {
  const fill = (set: string, entries: Entry[]) => {
    if (!core.schema.find(set)) return
    for (const [index, [code, name, more]] of entries.entries()) {
      make(core, set, {
        Code: code,
        Name: name,
        LocalizedName: name,
        SortIndex: index + 1,
        IsActive: true,
        ...more,
      })
    }
  }
  fill(
    'Datastore_Country',
    COUNTRIES.map(([code, name, number, isEu]) => [
      code,
      name,
      { CountryNumber: number, HasIntraCommunityVat: isEu },
    ]),
  )
  fill('Datastore_Unit', UNITS)
  fill(
    'Datastore_VatGroup',
    VAT_GROUPS.map(([code, name, Percentage, country]) => {
      const home = lookup(core, 'Datastore_Country', country)
      return [code, name, { Percentage, ...(home ? { Country: { ID: home.id } } : {}) }]
    }),
  )
  for (const [set, entries] of Object.entries(PLAIN)) fill(set, entries)
  fill('Datastore_Phase_ActivityInvoice', PHASES)
  for (const members of Object.values(core.options.customFields))
    for (const [field, how] of Object.entries(members))
      if (typeof how === 'object' && 'choice' in how)
        for (const Name of how.choice)
          make(core, listOf(field), { Name, LocalizedName: Name, IsActive: true })
  foundCompany(core)
}

function foundCompany(core: Core): void {
  const country = lookup(core, 'Datastore_Country', core.options.country)
  const own = make(core, 'Relation_Organization', {
    Name: core.options.name,
    VisitingAddress: {
      Street: 'Sjøgata',
      HouseNumber: 1,
      City: 'Hjemby',
      ...(country ? { Country: { ID: country.id } } : {}),
    },
  })
  core.ownOrganizationId = own.id
  const parent = { Relation: { ID: own.id } }
  make(core, 'Relationship_Organization_Identity', {
    ...parent,
    Organization: { ID: own.id },
    Name: core.options.name,
  })
  const employ = (FirstName: string, LastName: string) =>
    make(core, 'Relationship_Person_Contact_Employee', { ...parent, Person: { FirstName, LastName } }).id
  core.virtualEmployeeId = employ('PowerOffice', 'sync')
  core.consentingEmployeeId = employ('Ingrid', 'Bakke')
}

const make = (core: Core, set: string, fields: Fields) => create(core, core.schema.get(set), fields, QUIET)
