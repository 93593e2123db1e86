/** Chance that repeats itself: the same seed gives the same ids. */
export class Random {
  private state: number
  constructor(seed: number) {
    this.state = seed >>> 0
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let t = this.state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  upTo(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  hex(digits: number): string {
    let text = ''
    while (text.length < digits) text += this.upTo(16).toString(16)
    return text
  }

  uuid(): string {
    const variant = '89ab'.charAt(this.upTo(4))
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-${variant}${this.hex(3)}-${this.hex(12)}`
  }
}
