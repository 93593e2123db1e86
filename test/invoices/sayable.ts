/** What a line comes to in Tribe, in øre. */
export interface Said {
  net: number
  vat: number
  /** In percent. */
  rate: number
}

/**
 * Whether lines that PowerOffice rounds one by one come to Tribe's net, and to its VAT of each rate, by any nets within
 * so many øre of Tribe's: each way is tried. No line comes to nothing, or to the other side of it.
 */
export function isSayable(lines: readonly Said[], most = 2): boolean {
  const rates = [...new Set(lines.map(({ rate }) => rate))]
  const tryFrom = (index: number, net: number, vats: readonly number[]): boolean => {
    const line = lines[index]
    if (!line) return net === 0 && vats.every((vat) => vat === 0)
    for (let shift = -most; shift <= most; shift++) {
      const told = line.net + shift
      if (shift !== 0 && Math.abs(line.net) <= Math.abs(shift)) continue
      const vat = Math.sign(told) * Math.round((Math.abs(told) * line.rate) / 100)
      const after = vats.map((one, at) => (rates[at] === line.rate ? one + vat - line.vat : one))
      if (tryFrom(index + 1, net + shift, after)) return true
    }
    return false
  }
  return tryFrom(0, 0, Array(rates.length).fill(0))
}
