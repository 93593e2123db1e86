import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ownFolder } from '../bundle'

/** A field more of a customer and one more of a product, as somebody adds them: all that is changed, file by file. */

export interface Change {
  file: string
  after: string
  added: string
}

const text = (language: string, field: string, name: string): Change => ({
  file: `console/texts/work/${language}.ts`,
  after: '    fields: {\n',
  added: `      ${field}: '${name}',\n`,
})

/** A flag: no automatic messages about payments. */
export const OF_CUSTOMERS: readonly Change[] = [
  {
    file: 'relations/fields.ts',
    after: '  paymentDays,\n  company,\n',
    added: `  noMessages: scalar('noMessages', {
    crm: 'role.MailingOptOut',
    books: 'DoNotAutomatePaymentNotifications',
    as: 'flag',
    called: 'wish for no messages',
    of: ['company-customer'],
  }),\n`,
  },
  {
    file: 'tribe/schemas.ts',
    after: 'export const CompanyCustomer = AnyRole.extend({ ',
    added: 'MailingOptOut: flag, ',
  },
  {
    file: 'poweroffice/schemas.ts',
    after: '  Customers: { ...ofCompanies, ',
    added: 'DoNotAutomatePaymentNotifications: flag, ',
  },
  text('en', 'noMessages', 'wish for no messages'),
  text('nb', 'noMessages', 'ønske om ingen meldinger'),
  text('nl', 'noMessages', 'wens: geen berichten'),
]

/** A text: the number on the package. */
export const OF_PRODUCTS: readonly Change[] = [
  {
    file: 'products/fields.ts',
    after: '  vatCode,\n  unit,\n  isArchived,\n',
    added: "  gtin: scalar('gtin', { crm: 'LocalizedName', books: 'Gtin', as: 'text', called: 'GTIN' }),\n",
  },
  {
    file: 'tribe/schemas.ts',
    after: 'export const Product = z.looseObject({\n',
    added: '  LocalizedName: text,\n',
  },
  { file: 'poweroffice/schemas.ts', after: '  Products: { ', added: 'Gtin: text, ' },
  text('en', 'gtin', 'number on the package'),
  text('nb', 'gtin', 'nummer på pakken'),
  text('nl', 'gtin', 'nummer op het pak'),
]

/** The sources with these changes, in a folder of their own. */
export function relayWith(changes: readonly Change[]): string {
  const top = ownFolder()
  for (const part of ['src', 'migrations', 'wrangler.toml'])
    cpSync(part, join(top, part), { recursive: true })
  mkdirSync(join(top, 'test/platform'), { recursive: true })
  symlinkSync(join(process.cwd(), 'node_modules'), join(top, 'node_modules'))
  for (const { file, after, added } of changes) {
    const path = join(top, 'src', file)
    const source = readFileSync(path, 'utf8')
    if (source.split(after).length !== 2) throw new Error(`${file} does not have "${after}" once`)
    writeFileSync(
      path,
      source.replace(after, () => after + added),
    )
  }
  return top
}
