import { describe, expect, test } from 'vitest'
import { textsIn } from '../../src/console/texts'
import { STAGES } from '../../src/http/record-answer'
import { missingPrivileges } from '../../src/poweroffice/profile'
import { PRODUCT_ROWS } from '../../src/products/fields'
import { RELATION_ROWS } from '../../src/relations/fields'
import { LANGUAGES } from '../../src/shared/problems'
import { LEFT_ALONE } from '../../src/shared/reasons'
import { sourcesIn } from '../sources'

/** That the languages have the same texts is for the compiler; that there is one for everything is for here. */

/** What the two systems call things stays as it is. */
const THEIRS = /Tribe|PowerOffice|Client key/
const SRC = sourcesIn('src')
const found = (pattern: RegExp, among = /./) =>
  [...SRC].flatMap(([file, text]) => (among.test(file) ? [...text.matchAll(pattern)] : []))

describe.each(LANGUAGES)('in %s', (language) => {
  const texts = textsIn(language)

  test('whatever happens to a record has words', () => {
    const told = found(/\b(?:entry|entryFor\(ctx, \w+\))\('([a-z-]+)'/g).map(([, event]) => event ?? '')
    const states = ['paid', 'partly-paid', 'credited', 'written-off', 'reopened']
    expect(new Set(told).size).toBeGreaterThan(10)
    for (const event of [...told, ...states]) expect(texts.timeline.events).toHaveProperty([event])
  })

  test('each field has a name', () => {
    for (const { name } of [...RELATION_ROWS, ...PRODUCT_ROWS])
      expect(texts.timeline.fields).toHaveProperty([name])
  })

  test('there is a sentence for whatever a record was left alone for', () => {
    for (const reason of [...LEFT_ALONE, ...Object.values(STAGES)])
      expect(texts.values.because).toHaveProperty([reason])
  })

  test('each point of the checklist has words, and each privilege says what it is for', () => {
    const points = found(/\b(?:step: |item\(\s*)'([a-z-]+)'/g, /^http\/checklist\.ts$/)
    expect(points.length).toBeGreaterThan(8)
    for (const [, point] of points) expect(texts.activate.points).toHaveProperty([point ?? ''])
    const nothing = {
      clientId: '',
      clientName: '',
      validPrivileges: [],
      invalidPrivileges: [],
      canSend: false,
    }
    for (const vouchers of [false, true])
      for (const { privilege } of missingPrivileges(nothing, { vouchers }))
        expect(texts.privileges).toHaveProperty([privilege])
  })

  test('no text is empty, and none is another language’s by mistake', () => {
    const leaves = (value: unknown): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value]
    const own = leaves(texts).filter((one) => typeof one === 'string')
    expect(own.length).toBeGreaterThan(250)
    expect(own).not.toContain('')
    if (language === 'en') return
    const english = new Set(leaves(textsIn('en')))
    const same = own.filter((one) => english.has(one) && /\s/.test(one) && !THEIRS.test(one))
    expect(same).toEqual([])
  })
})
