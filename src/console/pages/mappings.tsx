import { Hono } from 'hono'
import type { Child, FC } from 'hono/jsx'
import type { TenantSettings } from '../../db/settings'
import type { Lookups } from '../../http/lookups'
import { Refusal } from '../api'
import { filledIn } from '../form'
import { numberIn } from '../format'
import { Action, Badge, Notice, Option, orRefusal, Table } from '../parts'
import { afterStep, isConnected, type Setup, type Step, setupOf, setupPage } from '../setup'
import { apiPath, type Console, type ConsoleContext, homeOf, type View } from '../view'

/** Steps 4 to 6: the default ledger account, and which unit and VAT code stand for which. */
export const mappings = new Hono<Console>()
  .get('/tenants/:id/setup/account', (c) => draw(c, 'account'))
  .post('/tenants/:id/setup/account', async (c) => {
    const account = Number((await filledIn(c)).text('account'))
    const change = { defaultSalesAccountNo: account || null }
    return save(c, 'account', 'PATCH', '/settings', change)
  })
  .get('/tenants/:id/setup/units', (c) => draw(c, 'units'))
  .post('/tenants/:id/setup/units', async (c) => {
    const chosen = (await filledIn(c)).among('unit:').filter(([, unit]) => unit !== '')
    const units = chosen.map(([tribeUnitId, powerOfficeUnit]) => ({ tribeUnitId, powerOfficeUnit }))
    return save(c, 'units', 'PUT', '/mappings/units', { mappings: units })
  })
  .get('/tenants/:id/setup/vat', (c) => draw(c, 'vat'))
  .post('/tenants/:id/setup/vat', async (c) => {
    const chosen = (await filledIn(c)).among('vat:').filter(([, account]) => account !== '')
    const vat = chosen.map(([tribeVatGroupId, account]) => {
      const at = account.lastIndexOf(':')
      return {
        tribeVatGroupId,
        powerOfficeVatCode: account.slice(0, at),
        salesAccountNo: Number(account.slice(at + 1)),
      }
    })
    return save(c, 'vat', 'PUT', '/mappings/vat', { mappings: vat })
  })
  .post('/tenants/:id/setup/lists', async (c) => {
    const step = (['account', 'units', 'vat'] as const).find((one) => one === c.req.query('step')) ?? 'units'
    const path = apiPath(c.req.param('id'), '/lookups?refresh=true')
    const done = await orRefusal(c.get('api').get(path))
    if (done instanceof Refusal) return draw(c, step, done)
    return c.redirect(homeOf(c.req.param('id'), `/setup/${step}`), 303)
  })

type MappingStep = Extract<Step, 'account' | 'units' | 'vat'>

async function save(
  c: ConsoleContext,
  step: MappingStep,
  method: 'PUT' | 'PATCH',
  path: string,
  body: unknown,
) {
  const done = await orRefusal(c.get('api').send(method, apiPath(c.req.param('id') ?? '', path), body))
  if (done instanceof Refusal) return draw(c, step, done)
  return c.redirect(afterStep(step, await setupOf(c)), 303)
}

interface UnitMappings {
  mappings: { tribeUnitId: string; powerOfficeUnit: string }[]
}
interface VatMappings {
  mappings: { tribeVatGroupId: string; powerOfficeVatCode: string; salesAccountNo: number }[]
}

async function draw(c: ConsoleContext, step: MappingStep, refusal: Refusal | null = null) {
  const id = c.req.param('id') ?? ''
  const view = c.get('view')
  const api = c.get('api')
  const setup = await setupOf(c)
  if (!isConnected(setup)) {
    const content = <Notice tone="quiet" title={view.texts.mappings.connectFirst} />
    return setupPage(c, setup, { step, refusal }, content)
  }
  const lookups = await orRefusal(api.get<Lookups>(apiPath(id, '/lookups')))
  if (lookups instanceof Refusal) return setupPage(c, setup, { step, refusal: lookups }, null)
  const about = { view, setup, lookups, isAllShown: c.req.query('all') !== undefined }
  const content =
    step === 'account' ? (
      <Account {...about} settings={await api.get<TenantSettings>(apiPath(id, '/settings'))} />
    ) : step === 'units' ? (
      <Units {...about} mapped={await api.get<UnitMappings>(apiPath(id, '/mappings/units'))} />
    ) : (
      <VatGroups {...about} mapped={await api.get<VatMappings>(apiPath(id, '/mappings/vat'))} />
    )
  return setupPage(
    c,
    setup,
    { step, refusal },
    <>
      {content}
      <Action to={homeOf(id, `/setup/lists?step=${step}`)} label={view.texts.mappings.readAgain} />
    </>,
  )
}

interface About {
  view: View
  setup: Setup
  lookups: Lookups
  /** What no product uses, too. */
  isAllShown: boolean
}

/** "25 % · 3000 Sales, liable to VAT (VAT code 3)" */
function accountLabel({ texts, language }: View, { powerOffice }: Lookups, account: Account): string {
  const rate = powerOffice.vatCodes.find(({ code }) => code === account.vatCode)?.rate
  const percent = rate === undefined ? '' : `${numberIn(language, Math.round(rate * 10_000) / 100)} % · `
  const code = account.vatCode === null ? '' : ` (${texts.mappings.vatCode(account.vatCode)})`
  return `${percent}${account.accountNo} ${account.name ?? ''}${code}`
}
type Account = Lookups['powerOffice']['salesAccounts'][number]

const activeAccounts = ({ powerOffice }: Lookups) =>
  powerOffice.salesAccounts.filter(({ isActive }) => isActive).toSorted((a, b) => a.accountNo - b.accountNo)

const Account: FC<About & { settings: TenantSettings }> = ({ view, setup, lookups, settings }) => {
  const { texts } = view
  const chosen = String(settings.defaultSalesAccountNo ?? '')
  return (
    <form method="post" action={homeOf(setup.tenant.id, '/setup/account')}>
      <div class="field">
        <label for="account">{texts.mappings.account}</label>
        <select id="account" name="account" required>
          <Option value="" label={texts.choose} chosen={chosen} />
          {activeAccounts(lookups).map((account) => (
            <Option
              value={String(account.accountNo)}
              label={accountLabel(view, lookups, account)}
              chosen={chosen}
            />
          ))}
        </select>
      </div>
      <button type="submit" class="main">
        {texts.save}
      </button>
    </form>
  )
}

const Units: FC<About & { mapped: UnitMappings }> = ({
  view: { texts },
  setup,
  lookups,
  mapped,
  isAllShown,
}) => {
  const { tribe, powerOffice, proposals } = lookups
  const row = (unit: Lookups['tribe']['units'][number]) => {
    const known = mapped.mappings.find(({ tribeUnitId }) => tribeUnitId === unit.id)?.powerOfficeUnit
    const proposed = proposals.units.find(({ tribeUnitId }) => tribeUnitId === unit.id)?.powerOfficeUnit
    const chosen = known ?? proposed ?? ''
    const name = unit.name ?? unit.code ?? unit.id
    return (
      <tr>
        <th scope="row">
          <label for={`unit:${unit.id}`}>{name}</label>
        </th>
        <td>
          <select id={`unit:${unit.id}`} name={`unit:${unit.id}`}>
            <Option value="" label={texts.mappings.none} chosen={chosen} />
            {powerOffice.units.map(({ code, name: label }) => (
              <Option value={code} label={`${label} – ${code}`} chosen={chosen} />
            ))}
          </select>
        </td>
        <td>{standing(texts, { known, proposed, inUse: unit.inUse })}</td>
      </tr>
    )
  }
  return (
    <Mapping
      texts={texts}
      to={homeOf(setup.tenant.id, '/setup/units')}
      what="units"
      isAllShown={isAllShown}
      all={tribe.units}
      row={row}
    />
  )
}

const VatGroups: FC<About & { mapped: VatMappings }> = ({ view, setup, lookups, mapped, isAllShown }) => {
  const { texts, language } = view
  const { tribe, proposals } = lookups
  const carriers = activeAccounts(lookups).filter(({ vatCode }) => vatCode !== null)
  const row = (group: Lookups['tribe']['vatGroups'][number]) => {
    const saved = mapped.mappings.find(({ tribeVatGroupId }) => tribeVatGroupId === group.id)
    const proposal = proposals.vat.find(({ tribeVatGroupId }) => tribeVatGroupId === group.id)
    const choiceOf = (code: string | null | undefined, account: number | null | undefined) =>
      code && account ? `${code}:${account}` : undefined
    const known = choiceOf(saved?.powerOfficeVatCode, saved?.salesAccountNo)
    const proposed = choiceOf(proposal?.powerOfficeVatCode, proposal?.salesAccountNo)
    const chosen = known ?? proposed ?? ''
    return (
      <tr>
        <th scope="row">
          <label for={`vat:${group.id}`}>{group.name ?? group.code ?? group.id}</label>
          <span class="hint block">
            {group.percentage !== null && `${numberIn(language, group.percentage)} %`} {group.country}
          </span>
        </th>
        <td>
          <select id={`vat:${group.id}`} name={`vat:${group.id}`}>
            <Option value="" label={texts.mappings.none} chosen={chosen} />
            {carriers.map((account) => (
              <Option
                value={`${account.vatCode}:${account.accountNo}`}
                label={accountLabel(view, lookups, account)}
                chosen={chosen}
              />
            ))}
          </select>
        </td>
        <td>
          {standing(texts, { known, proposed, inUse: group.inUse })}
          {known === undefined && proposal?.reason && (
            <span class="hint block">{texts.mappings.reasons[proposal.reason]}</span>
          )}
        </td>
      </tr>
    )
  }
  return (
    <Mapping
      texts={texts}
      to={homeOf(setup.tenant.id, '/setup/vat')}
      what="vat"
      isAllShown={isAllShown}
      all={tribe.vatGroups}
      row={row}
    />
  )
}

function standing(
  texts: View['texts'],
  { known, proposed, inUse }: { known: string | undefined; proposed: string | undefined; inUse: boolean },
) {
  if (known !== undefined) return <Badge tone="good">{texts.mappings.confirmed}</Badge>
  if (proposed !== undefined) return <Badge tone="busy">{texts.mappings.proposed}</Badge>
  return inUse ? (
    <Badge tone="warn">{texts.mappings.open}</Badge>
  ) : (
    <Badge tone="quiet">{texts.mappings.unused}</Badge>
  )
}

interface Mappable {
  inUse: boolean
}
interface MappingProps<T extends Mappable> {
  texts: View['texts']
  to: string
  what: 'units' | 'vat'
  all: readonly T[]
  row: (one: T) => Child
  isAllShown: boolean
}

/** What products use comes first; the rest can be mapped ahead. */
function Mapping<T extends Mappable>({ texts, to, what, all, row, isAllShown }: MappingProps<T>) {
  const { captions, heads } = texts.mappings
  const [used, others] = [all.filter(({ inUse }) => inUse), all.filter(({ inUse }) => !inUse)]
  const table = (rows: readonly T[], caption: string) => (
    <Table caption={caption} heads={[heads[what], heads.powerOffice, heads.state]}>
      {rows.map(row)}
    </Table>
  )
  return (
    <form method="post" action={to}>
      {used.length > 0 && table(used, captions.used[what])}
      {used.length === 0 && !isAllShown && <p>{texts.mappings.nothingUsed}</p>}
      {others.length > 0 && (
        <details open={isAllShown}>
          <summary>{texts.mappings.others(others.length)}</summary>
          {table(others, captions.others[what])}
        </details>
      )}
      <button type="submit" class="main">
        {texts.mappings.confirm}
      </button>
    </form>
  )
}
