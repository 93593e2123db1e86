/** Fills the books of a PowerOffice client with made-up customers, as they would be after years of use. */
import type { PowerOfficeClientBooks } from '../poweroffice'
import { companies } from './companies'

export function fillWithCustomers(books: PowerOfficeClientBooks, count: number, seed = 1): void {
  for (const company of companies(count, seed)) {
    const { address } = company
    books.hasCustomer({
      Name: company.name,
      OrganizationNumber: company.organizationNumber,
      EmailAddress: company.email,
      InvoiceEmailAddress: company.invoiceEmail,
      PhoneNumber: company.phone,
      WebsiteUrl: company.website,
      ...(address
        ? {
            MailAddress: {
              AddressLine1: address.addressLine1,
              AddressLine2: address.addressLine2,
              ZipCode: address.zipCode,
              City: address.city,
              CountryCode: address.countryCode,
            },
          }
        : {}),
    })
  }
}
