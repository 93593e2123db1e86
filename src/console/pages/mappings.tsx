import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { TenantSettings } from '../../db/settings'
import type { Lookups } from '../../http/lookups'
import { Refusal } from '../api'
import { changeIn, saveChange, settingsWith } from '../changes'
import { filledIn } from '../form'
import { numberIn } from '../format'
import { Mapping, type MappingRow } from '../mapping-table'
import { Action, Notice, Option, orRefusal } from '../parts'
import { afterStep, isConnected, type Setup, type Step, setupOf, setupPage } from '../setup'
import { triedIn } from '../tried'
import { TryIt } from '../try-button'
import { apiPath, type Console, type ConsoleContext, homeOf, type View } from '../view'

/** Steps 4 to 6: the default ledger account, and which unit and VAT code stand for which. */
export const mappings = new Hono<Console>()
  .get('/tenants/:id/setup/account', (c) => draw(c, 'account'))
  .post('/tenants/:id/setup/account', (c) => save(c, 'account'))
  .get('/tenants/:id/setup/units', (c) => draw(c, 'units'))
  .post('/tenants/:id/setup/units', (c) => save(c, 'units'))
  .get('/tenants/:id/setup/vat', (c) => draw(c, 'vat'))
  .post('/tenants/:id/setup/vat', (c) => save(c, 'vat'))
  .post('/tenants/:id/setup/lists', async (c) => {
    const step = (['account', 'units', 'vat'] as const).find((one) => one === c.req.query('step')) ?? 'units'
    const path = apiPath(c.req.param('id'), '/lookups?refresh=true')
    const done = await orRefusal(c.get('api').get(path))
    if (done instanceof Refusal) return draw(c, step, done)
    return c.redirect(homeOf(c.req.param('id'), `/setup/${step}`), 303)
  })

type MappingStep = Extract<Step, 'account' | 'units' | 'vat'>

async function save(c: ConsoleContext, step: MappingStep) {
  const [api, id] = [c.get('api'), c.req.param('id') ?? '']
  const change = await changeIn(api, id, step, await filledIn(c))
  const done = await orRefusal(saveChange(api, id, change))
  if (done instanceof Refusal) return draw(c, step, done)
  return c.redirect(afterStep(step, await setupOf(c)), 303)
}

interface UnitMappings {
  mappings: { tribeUnitId: string; powerOfficeUnit: string }[]
}
interface VatMappings {
  mappings: { tribeVatGroupId: string; powerOfficeVatCode: string; salesAccountNo?: number | undefined }[]
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
  const tried = await triedIn(c)
  const about = { view, setup, lookups, isAllShown: c.req.query('all') !== undefined }
  const contentOf = {
    account: async () => {
      const settings = await api.get<TenantSettings>(apiPath(id, '/settings'))
      return <Account {...about} settings={settingsWith(settings, tried.settings)} />
    },
    units: async () => (
      <Units
        {...about}
        mapped={tried.units ?? (await api.get<UnitMappings>(apiPath(id, '/mappings/units')))}
      />
    ),
    vat: async () => (
      <VatGroups
        {...about}
        mapped={tried.vat ?? (await api.get<VatMappings>(apiPath(id, '/mappings/vat')))}
      />
    ),
  }
  const content = await contentOf[step]()
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
      <div class="row">
        <button type="submit" class="main">
          {texts.save}
        </button>
        <TryIt view={view} setup={setup} step="account" />
      </div>
    </form>
  )
}

const Units: FC<About & { mapped: UnitMappings }> = ({
  view,
  setup,
  lookups: { tribe, powerOffice, proposals },
  mapped,
  isAllShown,
}) => {
  const to = homeOf(setup.tenant.id, '/setup/units')
  const choices = powerOffice.units.map(({ code, name }) => ({ value: code, label: `${name} – ${code}` }))
  const rows = tribe.units.map((unit): MappingRow => {
    const isOfUnit = ({ tribeUnitId }: { tribeUnitId: string }) => tribeUnitId === unit.id
    return {
      name: `unit:${unit.id}`,
      label: unit.name ?? unit.code ?? unit.id,
      known: mapped.mappings.find(isOfUnit)?.powerOfficeUnit,
      proposed: proposals.units.find(isOfUnit)?.powerOfficeUnit,
      inUse: unit.inUse,
    }
  })
  const form = { to, choices, rows, isAllShown, what: 'units' } as const
  return <Mapping texts={view.texts} {...form} tryIt={<TryIt view={view} setup={setup} step="units" />} />
}

const VatGroups: FC<About & { mapped: VatMappings }> = ({ view, setup, lookups, mapped, isAllShown }) => {
  const { texts, language } = view
  const { tribe, proposals } = lookups
  const to = homeOf(setup.tenant.id, '/setup/vat')
  const carriers = activeAccounts(lookups).filter(({ vatCode }) => vatCode !== null)
  const choices = carriers.map((account) => ({
    value: `${account.vatCode}:${account.accountNo}`,
    label: accountLabel(view, lookups, account),
  }))
  const choiceOf = (code: string | null | undefined, account: number | null | undefined) =>
    code && account ? `${code}:${account}` : undefined
  const rows = tribe.vatGroups.map((group): MappingRow => {
    const isOfGroup = ({ tribeVatGroupId }: { tribeVatGroupId: string }) => tribeVatGroupId === group.id
    const saved = mapped.mappings.find(isOfGroup)
    const proposal = proposals.vat.find(isOfGroup)
    const percentage = group.percentage === null ? '' : `${numberIn(language, group.percentage)} %`
    return {
      name: `vat:${group.id}`,
      label: group.name ?? group.code ?? group.id,
      about: `${percentage} ${group.country ?? ''}`.trim(),
      known: choiceOf(saved?.powerOfficeVatCode, saved?.salesAccountNo),
      proposed: choiceOf(proposal?.powerOfficeVatCode, proposal?.salesAccountNo),
      reason: proposal?.reason ? texts.mappings.reasons[proposal.reason] : null,
      inUse: group.inUse,
    }
  })
  const form = { to, choices, rows, isAllShown, what: 'vat' } as const
  return <Mapping texts={texts} {...form} tryIt={<TryIt view={view} setup={setup} step="vat" />} />
}
