/** Of the members that were sent, what the answer says the record holds now; links are not told by it. */
export function toldOf(
  sent: Record<string, unknown>,
  answer: Record<string, unknown> | null,
): Record<string, unknown> {
  const isScalar = (value: unknown) => value === null || typeof value !== 'object'
  return Object.fromEntries(
    Object.entries(answer ?? {}).filter(([name, value]) => name in sent && isScalar(value)),
  )
}

/**
 * Whether a look right after a write shows somebody's edit. What a Tribe that answers nothing makes of a value is
 * another spelling of it, a part, a rounding or nothing, or it leaves what was there before; what is none of these
 * was entered in between, and is still to travel.
 */
export function isEditedSince(shown: unknown, { sent, before }: { sent: unknown; before: unknown }): boolean {
  if (isRecord(shown) && (isRecord(sent) || isRecord(before))) {
    const partOf = (whole: unknown, name: string) => (isRecord(whole) ? whole[name] : null)
    return Object.entries(shown).some(([name, part]) =>
      isEditedSince(part, { sent: partOf(sent, name), before: partOf(before, name) }),
    )
  }
  if (typeof shown === 'number' && typeof sent === 'number' && Math.abs(shown - sent) < 1) return false
  return ![sent, before].some((value) => bare(value).startsWith(bare(shown)))
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const bare = (value: unknown): string =>
  String(value ?? '')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
