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
