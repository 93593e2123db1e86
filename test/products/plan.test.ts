import { describe, expect, test } from 'vitest'
import {
  type FromPowerOffice,
  type FromTribe,
  planFromPowerOffice,
  planFromTribe,
} from '../../src/products/plan'

type Plan = ReturnType<typeof planFromTribe> | ReturnType<typeof planFromPowerOffice>

const LINKED = { state: 'linked' } as const
const TRIBE_GONE = { state: 'tribe-gone' } as const
const FORGOTTEN = { state: 'forgotten' } as const
const POWEROFFICE_GONE = { state: 'poweroffice-gone' } as const
const PRODUCT = { importedFrom: null, isInactive: false }

describe('a look at a product of Tribe', () => {
  const now: FromTribe = { link: null, product: PRODUCT, isAsLast: false, inDoubt: false }

  test.each<[string, Partial<FromTribe>, Plan | Plan['do']]>([
    ['it is new: it is made in PowerOffice at once', {}, 'create'],
    ['it is new, and was sent before', { inDoubt: true }, 'look-then-create'],
    ['it is new and inactive: it stays', { product: { ...PRODUCT, isInactive: true } }, 'nothing'],
    [
      'it was sent before and is inactive now: what was made is found',
      { product: { ...PRODUCT, isInactive: true }, inDoubt: true },
      'look-then-create',
    ],
    [
      'it names a product of PowerOffice',
      { product: { ...PRODUCT, importedFrom: '7' } },
      { do: 'adopt', powerOfficeId: '7' },
    ],
    ['it is linked and changed', { link: LINKED }, 'merge'],
    [
      'it is linked, changed and inactive now',
      { link: LINKED, product: { ...PRODUCT, isInactive: true } },
      'merge',
    ],
    ['it is linked and as it was', { link: LINKED, isAsLast: true }, 'nothing'],
    ['it is linked and gone', { link: LINKED, product: null }, { do: 'detach', gone: 'tribe' }],
    ['it is gone and was never linked', { product: null }, 'nothing'],
    ['it is gone, and was sent before', { product: null, inDoubt: true }, 'look-whether-made'],
    ['it is gone in PowerOffice, and as it was', { link: POWEROFFICE_GONE, isAsLast: true }, 'nothing'],
    ['it is gone in PowerOffice, and changed here', { link: POWEROFFICE_GONE }, 'look-again'],
    ['it was gone and is back: it goes on where it was', { link: TRIBE_GONE }, 'look-again'],
    ['an admin parted the two', { link: FORGOTTEN }, 'nothing'],
    [
      'an admin parted the two, and it names the other',
      { link: FORGOTTEN, product: { ...PRODUCT, importedFrom: '7' } },
      'nothing',
    ],
    ['it is gone, again', { link: TRIBE_GONE, product: null }, 'nothing'],
  ])('%s', (_what, given, expected) => {
    const plan = planFromTribe({ ...now, ...given })
    if (typeof expected === 'string') expect(plan.do).toBe(expected)
    else expect(plan).toEqual(expected)
  })
})

describe('a look at a product of PowerOffice', () => {
  const now: FromPowerOffice = {
    link: null,
    isStale: false,
    isAsLast: false,
    match: null,
    decision: null,
    maker: null,
  }

  test.each<[string, Partial<FromPowerOffice>, Plan | Plan['do']]>([
    ['it is new: it is made in Tribe', {}, 'create'],
    ['a product of Tribe names it', { match: 't' }, 'link'],
    ['it may be what is being made', { maker: 't' }, { do: 'ask-maker', tribeId: 't' }],
    ['a product names it, and another may be making it', { match: 't', maker: 'u' }, 'link'],
    ['an admin left it alone', { decision: 'leave' }, 'nothing'],
    ['an admin left it alone, and a product names it', { decision: 'leave', match: 't' }, 'nothing'],
    ['an admin tied it to a product', { decision: 'link', match: 't' }, 'link'],
    ['an admin wants it made', { decision: 'create' }, 'create'],
    ['it is linked and changed', { link: LINKED }, 'merge'],
    ['it is linked and as it was', { link: LINKED, isAsLast: true }, 'nothing'],
    ['a newer state is known', { link: LINKED, isStale: true }, 'nothing'],
    ['its pair came apart, and it is as it was', { link: TRIBE_GONE, isAsLast: true }, 'nothing'],
    ['its pair came apart, and it changed', { link: TRIBE_GONE }, 'look-again'],
    ['it was gone and is back: it goes on where it was', { link: POWEROFFICE_GONE }, 'look-again'],
    ['an admin parted the two', { link: FORGOTTEN, match: 't' }, 'nothing'],
  ])('%s', (_what, given, expected) => {
    const plan = planFromPowerOffice({ ...now, ...given })
    if (typeof expected === 'string') expect(plan.do).toBe(expected)
    else expect(plan).toEqual(expected)
  })
})
