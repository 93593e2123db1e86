import { describe, expect, test } from 'vitest'
import { ApiError, PartlyDone } from '../../src/shared/errors'
import { explain } from '../../src/shared/problems'
import { fieldsBlamed, isRefusal, leavingOut, type Spelling } from '../../src/shared/refusals'
import { leftOutProblem } from '../../src/two-way/left-out'
import { basesOf, forgiven, merge, refusedBase } from '../../src/two-way/merge'

const refusal = (said: string | null, members: string[] = [], status = 400) =>
  new ApiError('poweroffice.refused', 'data', 'refused', status, said, null, false, members)

type Field = 'email' | 'invoiceEmail' | 'phone' | 'address' | 'name'
const SPELLINGS = new Map<Field, Spelling>([
  ['email', { members: ['EmailAddress'], words: /e-?mail/i, values: ['post@x.example'] }],
  ['invoiceEmail', { members: ['InvoiceEmailAddress'], words: /e-?mail/i, values: ['faktura@x.example'] }],
  ['phone', { members: ['PhoneNumber'], words: /phone/i, values: ['22 33 44'] }],
  ['address', { members: ['MailAddress', 'MailAddress.City', 'City'], words: /zip/i, values: [] }],
  ['name', { members: ['Name'], words: null, values: ['Nordlys AS'] }],
])

describe('which field a refusal is about', () => {
  test.each<[what: string, refusal: ApiError, fields: Field[]]>([
    ['a member by the map', refusal(null, ['EmailAddress']), ['email']],
    ['a member by the map, spelled as JSON', refusal(null, ['$.phoneNumber']), ['phone']],
    ['a member within another', refusal(null, ['MailAddress.City']), ['address']],
    ['a member within another, as a pointer', refusal(null, ['/mailAddress/city']), ['address']],
    ['several members', refusal(null, ['EmailAddress', 'PhoneNumber']), ['email', 'phone']],
    ['the map counts more than the words', refusal('The e-mail is bad', ['PhoneNumber']), ['phone']],
    ["a member's name in the text", refusal('PhoneNumber is not valid.'), ['phone']],
    ['one name that ends like another', refusal("InvoiceEmailAddress 'x' is not valid."), ['invoiceEmail']],
    ['a value in the text', refusal("'faktura@x.example' is not an address"), ['invoiceEmail']],
    ['words alone', refusal('One e-mail is not valid'), ['email', 'invoiceEmail']],
    ['nothing that can be told', refusal('Bad request'), []],
    ['no words at all', refusal(null), []],
  ])('%s', (_, thrown, fields) => {
    expect(fieldsBlamed(thrown, SPELLINGS)).toEqual(fields)
  })

  test.each<[error: unknown, is: boolean]>([
    [refusal('x'), true],
    [refusal('x', [], 409), true],
    [refusal('Customer validation error(s): Payment term with id = 5 not found.', [], 404), true],
    [refusal('Object(s) not found: Customer with id = 5 not found.', [], 404), false],
    [refusal('x', [], 503), false],
    [new Error('x'), false],
  ])('%s is a refusal: %s', (error, is) => expect(isRefusal(error)).toBe(is))
})

describe('a write that leaves out what is refused', () => {
  const HOW = {
    isLeast: (field: Field) => field === 'name',
    isNeeded: (field: Field) => field === 'name',
    blame: (thrown: ApiError, fields: readonly Field[]) =>
      fieldsBlamed(thrown, new Map([...SPELLINGS].filter(([field]) => fields.includes(field)))),
  }
  /** Takes none of these; says which, or only that something is wrong. */
  const server = (bad: readonly Field[], says: 'all' | 'one' | 'nothing') => {
    const calls: Field[][] = []
    return {
      calls,
      async write(fields: readonly Field[]) {
        calls.push([...fields])
        const found = fields.filter((field) => bad.includes(field))
        const told = says === 'one' ? found.slice(0, 1) : found
        const members = told.flatMap((field) => SPELLINGS.get(field)?.members[0] ?? [])
        if (found.length > 0) throw refusal(null, says === 'nothing' ? [] : members)
        return 'ok'
      },
    }
  }
  const ALL: readonly Field[] = ['name', 'email', 'phone']

  test.each<[bad: Field[], says: 'all' | 'one' | 'nothing', calls: number, refused: Field[]]>([
    [[], 'all', 1, []],
    [['email'], 'all', 2, ['email']],
    [['email', 'phone'], 'all', 2, ['email', 'phone']],
    [['email', 'phone'], 'one', 3, ['email', 'phone']],
    [['email'], 'nothing', 2, ['email', 'phone']],
  ])('refused %j, said %s: %i calls', async (bad, says, calls, refused) => {
    const { write, calls: made } = server(bad, says)
    const result = await leavingOut(ALL, HOW, write)
    expect(result).toMatchObject({ answer: 'ok', refused })
    expect(made).toHaveLength(calls)
  })

  test('what a record cannot do without is refused as a whole, and costs no other call', async () => {
    const { write, calls } = server(['name'], 'all')
    await expect(leavingOut(ALL, HOW, write)).rejects.toThrow()
    expect(calls).toHaveLength(1)
  })

  test('a change of one field that is refused costs no other call', async () => {
    const { write, calls } = server(['phone'], 'nothing')
    const how = { ...HOW, isNeeded: () => false }
    expect(await leavingOut(['phone'], how, write)).toMatchObject({ answer: null, refused: ['phone'] })
    expect(calls).toHaveLength(1)
  })

  test('an outage is no refusal', async () => {
    const down = async () => {
      throw refusal(null, [], 503)
    }
    await expect(leavingOut(ALL, HOW, down)).rejects.toMatchObject({ status: 503 })
  })
})

describe('a field that was refused', () => {
  const now = { crm: { phone: 'T' }, books: { phone: '' } }
  const bases = {
    ...basesOf(['phone'], now),
    phone: refusedBase('phone', now, 'books'),
  }
  const rest = {
    fields: ['phone'],
    prefer: 'books' as const,
    newest: 'crm' as const,
    ledByBooks: new Set<string>(),
  }
  const NOTHING = { toCrm: [], toBooks: [], fills: [], conflicts: [] }

  test.each<[what: string, crm: string, books: string, to: Partial<typeof NOTHING> | object]>([
    ['is not sent again, nor taken for empty', 'T', '', {}],
    ['is sent when it is edited', 'T2', '', { toBooks: ['phone'] }],
    ['makes way for what the other side gets', 'T', 'P', { toCrm: ['phone'] }],
    ['may be emptied', '', '', {}],
  ])('%s', (_, crm, books, to) => {
    const merged = merge({ ...rest, bases, crm: { phone: crm }, books: { phone: books } })
    expect(merged).toEqual({ ...NOTHING, ...to })
  })

  test('is sent once more when somebody asks for it', () => {
    const merged = merge({ ...rest, ...now, bases: forgiven(bases) })
    expect(merged).toEqual({ ...NOTHING, toBooks: ['phone'] })
  })

  test('a number that Tribe refused is not written each night, though PowerOffice leads', () => {
    const both = { crm: { number: '1' }, books: { number: '2' } }
    const led = { ...rest, fields: ['number'], ledByBooks: new Set(['number']) }
    expect(merge({ ...led, ...both, bases: { number: refusedBase('number', both, 'crm') } })).toEqual(NOTHING)
    expect(merge({ ...led, ...both, bases: {} })).toEqual({ ...NOTHING, toCrm: ['number'] })
  })
})

test('one problem of a record names all fields that were left out, and who does not take them', () => {
  const nameOf = (field: string) => field
  expect(leftOutProblem([], nameOf)).toBeNull()
  const problem = leftOutProblem(
    [
      { field: 'website', refusedBy: 'books', said: 'no' },
      { field: 'phone', refusedBy: 'books', said: null },
      { field: 'email', code: 'relation.email_invalid' },
    ],
    nameOf,
  )
  expect(problem).toBeInstanceOf(PartlyDone)
  expect(problem).toMatchObject({ code: 'field.refused', remedy: 'data' })
  expect(problem?.message).toContain(
    'PowerOffice does not take the website and phone that Tribe holds (it says: no)',
  )
  expect(problem?.message).toContain(explain('relation.email_invalid', 'en').nextStep.slice(0, -1))
})
