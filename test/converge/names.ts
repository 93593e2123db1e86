/** The PowerOffice id in an `ImportId` that the relay left in Tribe. */
export const importedIdIn = (kind: string, importId: unknown): string | null =>
  new RegExp(`^poweroffice:[0-9a-f]{8}:${kind}:(\\d+)$`).exec(String(importId ?? ''))?.[1] ?? null
