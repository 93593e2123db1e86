import { carriable } from './texts'

/**
 * Numbers of customers and suppliers, so that spellings can be compared: "010000", "10 000", " 10000", "10.000" and
 * "10000.0" are 10000. What is no number stays a text, without blanks at its ends.
 */
export function canonicalNumber(value: string | null | undefined): string | null {
  const text = carriable(value ?? '')
    .normalize('NFKC')
    .trim()
  if (text === '') return null
  const joined = /^\d{1,3}([\s.,'’]\d{3})+$/u.test(text) ? text.replace(/\D/g, '') : text.replace(/\s/gu, '')
  const whole = /^(\d+)(?:[.,]0{1,2})?$/.exec(joined)?.[1]
  return whole === undefined ? text : whole.replace(/^0+(?=\d)/, '')
}

/** As thousands are often set apart: "10 000". */
export const spacedNumber = (number: string): string => number.replace(/\B(?=(\d{3})+$)/g, ' ')
