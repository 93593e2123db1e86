import type { Outcome } from './week'

/** What a run was like, for people. */
export function tableOf({ companies, mostInASecond }: Outcome): string {
  const columns = [
    '',
    'mode',
    'edits',
    'events',
    'invoices',
    'vouchers',
    'payments',
    'Tribe',
    'PowerOffice',
    'lives',
    'faults',
  ]
  const rows = companies.map((one) => [
    ...[one.name, one.mode, one.edits, one.events, one.invoices, one.vouchers, one.payments],
    ...[one.callsToTribe, one.callsToPowerOffice, one.lives, sum(Object.values(one.struck))],
  ])
  const lines = [columns, ...rows].map((row) =>
    row.map((cell, at) => String(cell).padStart(at < 2 ? 5 : 11)).join(' '),
  )
  const details = companies.flatMap(({ name, struck, problems }) => [
    `${name}  struck by ${
      Object.entries(struck)
        .map(([kind, times]) => `${kind} ${times}`)
        .join(', ') || 'nothing'
    }`,
    `${name}  problems: ${problems.join(', ') || 'none'}`,
  ])
  return [...lines, '', ...details, `most calls to PowerOffice within a second: ${mostInASecond}`].join('\n')
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

/** How a run that failed is told of, and run again. */
export function reportOf(
  { seed, faults: [first = '', ...others] }: Pick<Outcome, 'seed' | 'faults'>,
  days: number,
  tenants: number,
): string {
  const more = others.length > 0 ? ` (and ${others.length} more)` : ''
  return `seed ${seed}: ${first}${more}\n  npm run endure -- --seed ${seed} --days ${days} --tenants ${tenants}`
}
