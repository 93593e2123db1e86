import { setTimeout as sleep } from 'node:timers/promises'
import { companies } from '../fakes/data/companies'
import { aCompany, type Company } from './company'
import { OPERATOR } from './runtime'
import { push, type Size, type World } from './scenes'
import { ms, type Row } from './table'

/** One company's push while others crowd: from its webhook to PowerOffice's request, over HTTP. */

const GOAL_MS = 2000
/** What everybody has by Tribe's own limit. */
const LIMITED = { echo: true, requestsPerMinute: 1000 }
const CUSTOMERS_EACH = 40
const EVENTS = 1000
const SEARCHES = 300

async function active(world: World, fill?: Parameters<typeof aCompany>[2]): Promise<Company> {
  const company = await aCompany(world.systems, world.runtime, fill, LIMITED)
  await company.api('POST', '/activate')
  return company
}

const madeIn = ({ crm }: Company, count: number) => {
  for (let n = 0; n < count; n++) crm.hasCustomer({ organization: { Name: `Ny kunde ${n} AS` } })
}

/** Three companies load, and in each forty customers are made meanwhile. */
async function loading(world: World): Promise<Company[]> {
  const fill: Parameters<typeof aCompany>[2] = (books) => {
    for (const { name } of companies(400)) books.hasCustomer({ Name: name })
  }
  const three = await Promise.all(Array.from({ length: 3 }, () => active(world, fill)))
  for (const company of three) madeIn(company, CUSTOMERS_EACH)
  return three
}

async function manyEvents(world: World): Promise<Company[]> {
  const other = await active(world)
  await other.quiet()
  madeIn(other, EVENTS)
  return [other]
}

async function manySearches(world: World): Promise<Company[]> {
  const other = await active(world, (books) => {
    for (const { name } of companies(100)) books.hasCustomer({ Name: name })
  })
  await other.quiet()
  const url = `${world.runtime.relayUrl}/api/tenants/${other.id}/records/search?kind=customer&q=AS`
  for (let n = 0; n < SEARCHES; n++)
    void fetch(url, { headers: { authorization: `Bearer ${OPERATOR}` } }).then(
      (answer) => answer.arrayBuffer(),
      () => undefined,
    )
  return [other]
}

const CROWDS: readonly (readonly [string, (world: World) => Promise<Company[]>])[] = [
  [`beside three companies that load, with ${CUSTOMERS_EACH} new customers each`, loading],
  [`beside ${EVENTS} new customers of another`, manyEvents],
  [`beside ${SEARCHES} searches of another`, manySearches],
]

export async function pushesInCrowds(world: World, { pushes }: Size): Promise<Row[]> {
  const rows: Row[] = []
  for (const [what, begin] of CROWDS) {
    const acme = await active(world)
    await acme.quiet()
    await push(world, acme, 'Oppvarming AS')
    await acme.quiet()
    const others = await begin(world)
    const times: number[] = []
    for (let n = 0; n < pushes; n++) {
      times.push((await push(world, acme, `Kunde ${n} AS`)).toPowerOffice)
      await sleep(500)
    }
    // What is left of the crowd is nobody's business.
    for (const company of [...others, acme]) await company.api('POST', '/pause')
    world.systems.tribe.stopDeliveries()
    times.sort((a, b) => a - b)
    const [least = 0, most = 0] = [times[0], times.at(-1)]
    rows.push({
      what: `The slowest of ${pushes} pushes ${what}`,
      value: `${ms(most)} (the fastest ${ms(least)})`,
      goal: `≤ ${GOAL_MS} ms`,
      isMet: most <= GOAL_MS,
    })
  }
  return rows
}
