import { Town } from './town'
const real = { log: console.log, now: performance.now() }
const town = new Town(1)
const say = (x: unknown) => process.stdout.write(`${JSON.stringify(x)}\n`)
try {
const tenant = await town.addTenant({ settings: { invoices: { mode: 'book' } } })
await town.waitFor(tenant.mapAsProposed())
tenant.books.hasCustomer({ Name: 'Books AS' })
const { roleId } = tenant.crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
await town.waitFor(tenant.activate())
say(await town.quiet())
town.platform.startCron(1)
tenant.crm.hasCustomer({ organization: { Name: 'Two AS' } })
const id = tenant.crm.hasInvoice({ roleId }); tenant.crm.sendInvoice(id)
say(await town.quiet())
say(tenant.books.customers().map(c => c.Name)); say(tenant.crm.customers().length)
say(tenant.books.postedInvoices().map(i => i.TotalAmount))
await town.passMinutes(24*60)
say([tenant.problems(), town.violations(), town.calls.length, performance.now() - real.now])
} catch (e) { say(String((e as Error).stack)) }
town.platform.close()
if (process.argv[2]) console.log(town.story.join('\n'))
