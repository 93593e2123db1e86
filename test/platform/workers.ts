/** What plain Node knows of `cloudflare:workers`: as much as our objects use. */
export class DurableObject<Env = unknown> {
  constructor(
    protected readonly ctx: DurableObjectState,
    protected readonly env: Env,
  ) {}
}
