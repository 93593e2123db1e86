/** Small breaches of the relay, each of which a test has to see. `npm run breaches` plants them one by one. */
export interface Breach {
  /** What goes wrong. */
  says: string
  /** In `src`. */
  file: string
  /** Stands there once. */
  from: string
  to: string
  /** The test files that must see it; the first is the fastest. */
  seenBy: readonly string[]
}

const stories = (...names: string[]) => names.map((name) => `test/stories/${name}.test.ts`)
const tests = (...names: string[]) => names.map((name) => `test/${name}.test.ts`)

const MONEY: readonly Breach[] = [
  {
    says: 'a credit invoice that a flag alone tells is booked as an invoice',
    file: 'tribe/credit.ts',
    from: 'invoice.IsCreditInvoice !== true',
    to: 'invoice.IsCreditInvoice !== undefined',
    seenBy: stories('invoices'),
  },
  {
    says: 'an invoice that names what it credits and asks for money is made',
    file: 'invoices/parties.ts',
    from: 'creditedId !== null && total > 0',
    to: 'creditedId === null && total > 0',
    seenBy: stories('invoices'),
  },
  {
    says: 'what takes a credit note back is not booked as an invoice',
    file: 'invoices/parties.ts',
    from: 'credited !== null && sumsOf',
    to: 'credited === null && sumsOf',
    seenBy: tests('towns/credits'),
  },
  {
    says: 'a draft that was sent by hand just when it was to be deleted is made a second time',
    file: 'invoices/outdated.ts',
    from: 'if (order && !(await deleteDraft(ctx, order)))',
    to: 'if (order && !(await deleteDraft(ctx, order)) && !order.Id)',
    seenBy: tests('towns/at-the-same-moment'),
  },
  {
    says: 'a draft that was sent by hand just before it was asked for is told as not posted',
    file: 'invoices/posting.ts',
    from: `if (posted) {
    await notePosted`,
    to: `if (posted && !posted.Id) {
    await notePosted`,
    seenBy: tests('towns/at-the-same-moment'),
  },
  {
    says: 'what PowerOffice has posted and could not deliver is told as not posted',
    file: 'invoices/plan.ts',
    from: 'if (state?.isPosted) return { do: failure',
    to: 'if (state?.isPosted && failure === null) return { do: failure',
    seenBy: tests('invoices/plan', 'towns/delivered'),
  },
  {
    says: 'an order is asked for again at once when the answer to the first request was lost',
    file: 'invoices/posting.ts',
    from: 'if (leavesDoubt(thrown)) ctx',
    to: 'if (leavesDoubt(thrown) && !invoice.id) ctx',
    seenBy: tests('towns/at-the-same-moment'),
  },
  {
    says: 'an invoice that was refused is sent again with each poll',
    file: 'invoices/changed.ts',
    from: ' && !isRefused(row)',
    to: '',
    seenBy: tests('towns/refused-once'),
  },
  {
    says: 'an order is made without a look for the one that may be there',
    file: 'invoices/make.ts',
    from: 'const found = how.mayBeThere ? await',
    to: 'const found = how.mayBeThere && !invoice.id ? await',
    seenBy: [...tests('towns/look'), ...stories('invoice-trouble')],
  },
  {
    says: 'the look for an order asks drafts only',
    file: 'invoices/make.ts',
    from: '(await powerOffice.findInvoiceByReference(references))',
    to: 'null',
    seenBy: [...tests('towns/look'), ...stories('invoice-trouble')],
  },
  {
    says: 'nothing is noted before an order is sent',
    file: 'invoices/make.ts',
    from: '  noteBegun(ctx, invoice.id, first)\n',
    to: '',
    seenBy: [...tests('towns/look'), ...stories('invoice-trouble')],
  },
  {
    says: 'that an order is being made anew is not noted',
    file: 'invoices/outdated.ts',
    from: '  noteBegun(ctx, invoice.id, next)\n',
    to: '',
    seenBy: tests('towns/remade-order'),
  },
  {
    says: 'payments under way are not noted',
    file: 'payments/sync.ts',
    from: `  beginWrites(ctx, 'payment', link.tribeId)\n`,
    to: '',
    seenBy: [...tests('towns/payments'), ...stories('payments-trouble')],
  },
  {
    says: 'a reversal voucher counts as money',
    file: 'payments/plan.ts',
    from: '  if (ours.some(({ entry }) => isReversal(entry))) return false\n',
    to: '',
    seenBy: tests('payments/unexplained', 'payments/plan'),
  },
  {
    says: 'a foreign invoice is explained by any rate',
    file: 'payments/plan.ts',
    from: 'const RATE_MOVES = 0.2',
    to: 'const RATE_MOVES = 20',
    seenBy: tests('payments/unexplained', 'payments/plan', 'towns/payments'),
  },
  {
    says: 'what is paid in part is paid',
    file: 'payments/plan.ts',
    from: `  if (left !== 0) return 'partly-paid'\n`,
    to: '',
    seenBy: [...tests('payments/plan'), ...stories('payments')],
  },
  {
    says: 'the lock date itself counts as open',
    file: 'invoices/lock-date.ts',
    from: 'return day !== null && date <= day',
    to: 'return day !== null && date < day',
    seenBy: [...tests('towns/lock-date'), ...stories('invoice-trouble')],
  },
  {
    says: 'the lock date is not looked at before posting',
    file: 'invoices/lock-date.ts',
    from: 'return day !== null && date <= day',
    to: 'return day !== null && date === null',
    seenBy: [...tests('towns/lock-date'), ...stories('invoice-trouble')],
  },
  {
    says: 'when no telling fits, the bent prices are told',
    file: 'invoices/totals.ts',
    from: 'carried && fits(carried) ? carried : plain',
    to: 'carried ?? exact',
    seenBy: tests('invoices/carry', 'invoices/to-the-cent'),
  },
  {
    says: 'an amount without VAT counts as a difference',
    file: 'invoices/totals.ts',
    from: ' || amount === sums.net',
    to: '',
    seenBy: tests('invoices/to-the-cent', 'invoices/stated'),
  },
  {
    says: 'an order that an earlier run made is taken for what Tribe says now',
    file: 'invoices/make.ts',
    from: 'await adopt(ctx, invoice, first, answer.holder)',
    to: 'await adopt(ctx, invoice, begun, answer.holder)',
    seenBy: tests('towns/taken'),
  },
]

const BOOKED: readonly Breach[] = [
  {
    says: 'what a bookkeeper posts is not compared',
    file: 'invoices/booked.ts',
    from: '  if (compared === link.exportState.compared) return {}\n',
    to: '  if (compared !== null) return {}\n',
    seenBy: tests('towns/booked-otherwise'),
  },
  {
    says: 'what is posted as it was compared is compared once more',
    file: 'invoices/posting.ts',
    from: 'const compared = found ? null : await comparedAs(ctx, order)',
    to: "const compared = found ? null : (await comparedAs(ctx, order)) + 'x'",
    seenBy: tests('towns/booked-otherwise'),
  },
  {
    says: 'an invoice that is booked as nothing is paid',
    file: 'payments/sync.ts',
    from: 'const isOwedInTribe = balance.posted === 0 &&',
    to: 'const isOwedInTribe = balance.posted === 1 &&',
    seenBy: tests('towns/booked-otherwise'),
  },
  {
    says: 'a customer that is deleted in Tribe is an edit of its invoices',
    file: 'invoices/prints.ts',
    from: ' || !nows[index]',
    to: '',
    seenBy: tests('invoices/prints', 'towns/deleted-references'),
  },
  {
    says: 'another product on a line is no edit of an invoice',
    file: 'invoices/prints.ts',
    from: 'one === nows[index]',
    to: 'one !== undefined',
    seenBy: tests('invoices/prints', 'towns/deleted-references'),
  },
]

const VOUCHERS: readonly Breach[] = [
  {
    says: 'a paper for which a right was missing is owed no more',
    file: 'invoices/paper-search.ts',
    from: '  ctx.facts.set(OWED, [...owed, tribeId].slice(-MOST_OWED))\n',
    to: '',
    seenBy: tests('towns/pdf-to-tribe', 'towns/voucher-papers'),
  },
  {
    says: 'a customer on paper stays told',
    file: 'relations/sweeps.ts',
    from: `    if (kind === 'customer') await endPaperOnly(ctx, read.rows)\n`,
    to: '',
    seenBy: tests('towns/delivered'),
  },
  {
    says: 'a night of vouchers asks for sales orders',
    file: 'invoices/compare.ts',
    from: `const hasOrders = ctx.settings.invoices.mode !== 'voucher' ||`,
    to: `const hasOrders = ctx.settings.invoices.enabled ||`,
    seenBy: tests('towns/vouchers'),
  },
  {
    says: 'nothing is noted before a voucher is sent',
    file: 'invoices/voucher.ts',
    from: '  noteBegun(ctx, invoice.id, first)\n',
    to: '',
    seenBy: tests('towns/voucher-trouble'),
  },
  {
    says: 'a voucher goes on in whatever mode is wanted',
    file: 'invoices/begun.ts',
    from: `  if (begun === 'voucher' || wanted === 'voucher') return begun\n`,
    to: '',
    seenBy: tests('towns/mode-changes'),
  },
  {
    says: 'a refused voucher is forgotten while another call for it may be under way',
    file: 'invoices/voucher.ts',
    from: 'const isAlone = !mayBeThere || isLongAgo(ctx, before)',
    to: 'const isAlone = true',
    seenBy: tests('towns/voucher-trouble'),
  },
  {
    says: 'a number that is taken is not seen',
    file: 'invoices/voucher.ts',
    from: 'if (!own && standing.length > 0)',
    to: 'if (!own && standing.length > 99)',
    seenBy: tests('towns/voucher-trouble'),
  },
  {
    says: 'VAT by rate is not compared',
    file: 'invoices/voucher-lines.ts',
    from: 'filter(([rate, vat]) => here.get(rate) !== vat)',
    to: 'filter(([rate]) => here.get(rate) === undefined)',
    seenBy: tests('invoices/voucher-lines'),
  },
  {
    says: 'the rate of a VAT code is not compared',
    file: 'invoices/voucher-terms.ts',
    from: 'percentOf(line) !== roundTo(line.vatPercent, 4)',
    to: 'percentOf(line) < 0',
    seenBy: tests('towns/voucher-trouble'),
  },
  {
    says: 'nothing is noted before a paper is handed over',
    file: 'invoices/documentation.ts',
    from: '  noteHandedOver(ctx, link.tribeId, search)\n',
    to: '',
    seenBy: tests('towns/voucher-papers'),
  },
  {
    says: 'a paper is looked for for ever',
    file: 'invoices/paper-search.ts',
    from: 'if (lookedMs >= DAY_MS) return null',
    to: 'if (lookedMs >= 99 * DAY_MS) return null',
    seenBy: tests('towns/voucher-papers'),
  },
  {
    says: 'the paper of a voucher is not asked for',
    file: 'invoices/voucher.ts',
    from: '  askForPaper(ctx, made)\n',
    to: '',
    seenBy: tests('towns/vouchers'),
  },
]

const ORDER: readonly Breach[] = [
  {
    says: 'a 429 is not told to the gate',
    file: 'poweroffice/caller.ts',
    from: 'await gate.hold(Math.max(1, thrown.retryAfterSeconds ?? 1) * 1000)',
    to: 'await Promise.resolve()',
    seenBy: [...tests('poweroffice/client'), ...stories('gate')],
  },
  {
    says: 'a push gets a turn before it is free',
    file: 'poweroffice/turns.ts',
    from: 'if (at <= now + (isPush ? AHEAD_MS : 0)) {',
    to: 'if (at <= now + (isPush ? 100 * AHEAD_MS : 0)) {',
    seenBy: tests('poweroffice/turns', 'poweroffice/fair-shares'),
  },
  {
    says: 'the window of Tribe is too short',
    file: 'tribe/window.ts',
    from: 'const WINDOW_MS = 60_000',
    to: 'const WINDOW_MS = 6_000',
    seenBy: tests('tribe/window'),
  },
  {
    says: 'a sweep lets no push pass',
    file: 'two-way/rows.ts',
    from: 'if (isBegun && ctx.mustYield()) return 0',
    to: 'if (isBegun && rows.length === 0) return 0',
    seenBy: tests('two-way/rows'),
  },
  {
    says: 'a limit lets one too many through',
    file: 'shared/limit.ts',
    from: 'if (running >= most)',
    to: 'if (running > most)',
    seenBy: tests('shared/limit'),
  },
  {
    says: 'what was asked for again while it ran is taken for done',
    file: 'tenant-sync/jobs.ts',
    from: 'where id = ?1 and asked = ?2 returning 1',
    to: 'where id = ?1 and ?2 = ?2 returning 1',
    seenBy: tests('tenant-sync/jobs'),
  },
  {
    says: 'an event that was told of again while a burst was taken is taken for done',
    file: 'tenant-sync/jobs.ts',
    from: 'where value ->> 1 = asked',
    to: 'where value ->> 1 <= asked',
    seenBy: tests('tenant-sync/jobs'),
  },
  {
    says: 'a record that is told of without end is never read',
    file: 'two-way/together.ts',
    from: 'Math.min(one.at + WAIT_MS, sinceOf(one) + LONGEST_MS)',
    to: 'one.at + WAIT_MS',
    seenBy: tests('two-way/together'),
  },
  {
    says: 'how Tribe answers is looked at only where the comparison ends',
    file: 'slices.ts',
    from: "if (asSyncError(thrown).remedy === 'data') watchContract(ctx)",
    to: '',
    seenBy: tests('towns/contract'),
  },
  {
    says: 'a right that a list of states needs keeps payments from being told',
    file: 'payments/rows.ts',
    from: "(thrown.remedy === 'data' || thrown.status === 403)",
    to: "thrown.remedy === 'data'",
    seenBy: stories('payments-trouble'),
  },
  {
    says: 'a record that waits for a person gets no look of its own in a burst',
    file: 'two-way/together.ts',
    from: 'parked.get(kind)?.has(subject)',
    to: 'parked.get(kind)?.has(id)',
    seenBy: tests('two-way/together'),
  },
  {
    says: 'a run that was cut off is not in doubt',
    file: 'tenant-sync/jobs.ts',
    from: 'started_at = null, in_doubt = 1 where started_at is not null',
    to: 'started_at = null, in_doubt = 0 where started_at is not null',
    seenBy: tests('tenant-sync/jobs'),
  },
  {
    says: 'a tenant that has come to rest is not noted',
    file: 'tenant-sync/tenant-status.ts',
    from: 'if (before.nextDueAt !== null && now.nextDueAt === null) return true',
    to: 'if (before.nextDueAt !== null && now.nextDueAt === now.at) return true',
    seenBy: tests('tenant-sync/tenant-status'),
  },
  {
    says: 'a pair goes to and fro for long before it is stopped',
    file: 'two-way/flapping.ts',
    from: 'const MOST_RETURNS = 3',
    to: 'const MOST_RETURNS = 30',
    seenBy: stories('customers'),
  },
]

const TRUTH: readonly Breach[] = [
  {
    says: 'a person whose reference is taken is tied as it is',
    file: 'relations/moving.ts',
    from: '  if (!made.isNew) throw new TakenBefore(made.contact)\n',
    to: '',
    seenBy: tests('towns/taken'),
  },
  {
    says: 'what is put back in Tribe after a move is an edit of the bookkeeper',
    file: 'relations/pair.ts',
    from: '(ours[field] === undefined && heldBy(',
    to: '(heldBy(',
    seenBy: tests('towns/moved-persons'),
  },
  {
    says: 'a create whose object was cut off is made again while it is on its way',
    file: 'two-way/pending-writes.ts',
    from: `note.life !== life.id`,
    to: `note.life === ''`,
    seenBy: tests('towns/made-once-in-tribe', 'towns/made-once-in-poweroffice'),
  },
  {
    says: 'what a product in doubt was made of is forgotten as others are made',
    file: 'two-way/pending-writes.ts',
    from: `isKnownAgain(one) || atOf(one) >`,
    to: `atOf(one) >`,
    seenBy: tests('two-way/pending-writes'),
  },
  {
    says: 'a product that an earlier version was making is made again',
    file: 'products/births.ts',
    from: `  if (former) {`,
    to: `  if (former && ctx.now() < 0) {`,
    seenBy: tests('two-way/pending-writes'),
  },
  {
    says: 'an edit in Tribe within the second of our create is taken for its spelling',
    file: 'relations/seen.ts',
    from: `return isExact(made) ? 'as-made' : 'within-a-second'`,
    to: `return 'as-made'`,
    seenBy: tests('towns/edited-between'),
  },
  {
    says: 'of a conflict the loser is named as the winner',
    file: 'two-way/merge.ts',
    from: `winner: go === 'to-crm' ? 'books' : 'crm'`,
    to: `winner: go === 'to-crm' ? 'crm' : 'books'`,
    seenBy: tests('two-way/merge'),
  },
  {
    says: 'a product whose making is in doubt is made without a look',
    file: 'products/plan.ts',
    from: `  if (inDoubt) return { do: 'look-then-create' }\n`,
    to: '',
    seenBy: tests('products/plan'),
  },
  {
    says: 'an inactive product is made',
    file: 'products/plan.ts',
    from: `return product.isInactive ? { do: 'nothing', because: 'inactive' } : { do: 'create' }`,
    to: `return { do: 'create' }`,
    seenBy: tests('products/plan'),
  },
  {
    says: 'of several customers with one number the first is taken',
    file: 'relations/plan.ts',
    from: 'if (isUnclear || others.length > 0)',
    to: 'if (isUnclear || others.length > 9)',
    seenBy: tests('relations/plan'),
  },
  {
    says: 'what an admin decided to leave is made',
    file: 'relations/plan.ts',
    from: `  if (now.decision === 'leave') return { do: 'nothing', because: 'left-by-admin' }\n`,
    to: '',
    seenBy: tests('relations/plan'),
  },
  {
    says: 'the links of all tenants are read',
    file: 'db/links.ts',
    from: 'const mine = (kind: LinkKind) => and(eq(links.tenantId, tenantId), eq(links.kind, kind))',
    to: 'const mine = (kind: LinkKind) => and(eq(links.kind, kind))',
    seenBy: [...tests('db/indexes'), ...stories('customers')],
  },
  {
    says: 'the VAT mappings of all tenants are read',
    file: 'db/mappings.ts',
    from: '        .where(eq(vatMappings.tenantId, tenantId))\n        .all(),',
    to: '        .all(),',
    seenBy: stories('products-mappings'),
  },
  {
    says: 'a Dutch VAT number loses its country',
    file: 'shared/organization-number.ts',
    from: 'if (dutchVat) return `NL',
    to: 'if (dutchVat) return `',
    seenBy: tests('shared/organization-number'),
  },
  {
    says: 'an offset of a timestamp counts the wrong way',
    file: 'shared/dates.ts',
    from: `(sign === '-' ? -60 : 60)`,
    to: `(sign === '-' ? 60 : -60)`,
    seenBy: tests('shared/dates'),
  },
  {
    says: 'a price without VAT is cut to the cent',
    file: 'shared/money.ts',
    from: 'vatPercent: number, decimals = 8)',
    to: 'vatPercent: number, decimals = 2)',
    seenBy: tests('shared/money'),
  },
]

const DOORS: readonly Breach[] = [
  {
    says: 'a delivery without a signature is taken for signed',
    file: 'tribe/webhook-signature.ts',
    from: 'if (candidates.length === 0) return false',
    to: 'if (candidates.length === 0) return true',
    seenBy: tests('tribe/webhook-signature'),
  },
  {
    says: 'an address of the own network is called',
    file: 'shared/public-url.ts',
    from: '&& isName && !NOT_PUBLIC.test(host)',
    to: '&& isName',
    seenBy: tests('shared/public-url'),
  },
  {
    says: 'what is sealed can be opened as another field',
    file: 'shared/secrets.ts',
    from: `      const params = { name: 'AES-GCM', iv: fromBase64Url(iv), additionalData }`,
    to: `      const params = { name: 'AES-GCM', iv: fromBase64Url(iv), additionalData: new TextEncoder().encode(context.slice(0, 0)) }`,
    seenBy: tests('shared/secrets'),
  },
  {
    says: 'a first load is taken back whatever name is typed',
    file: 'console/pages/undo.tsx',
    from: "if (form.text('name') !== name) return draw(c, MISTYPED)",
    to: "if (form.text('name') === '') return draw(c, MISTYPED)",
    seenBy: stories('console-undo'),
  },
  {
    says: 'a change of settings undoes what somebody else saved at the same moment',
    file: 'db/tenants.ts',
    from: '.where(and(eq(tenants.id, id), asRead))',
    to: '.where(eq(tenants.id, id))',
    seenBy: stories('settings'),
  },
  {
    says: 'what was taken back in PowerOffice is filled again by the next comparison',
    file: 'two-way/before.ts',
    from: "crm === books ? crm : [crm, books, 'taken-back']",
    to: 'crm === books ? crm : [crm, books]',
    seenBy: stories('undo'),
  },
  {
    says: 'two dry runs that are begun at once put each other off',
    file: 'tenant-sync/dry-run/run.ts',
    from: "if (last && last.id !== id && runs.get(last.id)?.state === 'running') return NOT_AT_ITS_END.next",
    to: '',
    seenBy: stories('dry-run'),
  },
  {
    says: 'the undo of a load deletes a product group that somebody uses',
    file: 'tenant-sync/undo/groups.ts',
    from: 'inUse.has(id) || isUsed(sign, at)',
    to: 'isUsed(sign, at)',
    seenBy: stories('undo'),
  },
  {
    says: 'a page of a record asks for whatever stands in its address',
    file: 'console/record.ts',
    from: "if (!kind || !isIdIn(side === 'tribe' ? 'crm' : 'books', kind, ref))",
    to: 'if (!kind)',
    seenBy: stories('console-undo'),
  },
  {
    says: 'Tribe is asked for a record by what is no id',
    file: 'http/records.ts',
    from: '(tribeId === undefined || isTribeId(tribeId)) &&',
    to: '',
    seenBy: stories('console-undo'),
  },
  {
    says: 'an assistant takes a first load back on a preview that has changed since',
    file: 'http/mcp-tries.ts',
    from: 'return { workedOutAt, counts }',
    to: 'return { counts, workedOutAt: workedOutAt === null }',
    seenBy: stories('assistants'),
  },
  {
    says: 'an assistant gets its confirmation before a dry run is done',
    file: 'http/mcp-tries.ts',
    from: "if (state !== 'done') return null",
    to: '',
    seenBy: stories('assistants'),
  },
  {
    says: 'a dry run keeps the secrets of what is tried',
    file: 'http/dry-run.ts',
    from: '({ settings, ...rest }: DryRunChange): DryRunChange {',
    to: '({ settings, ...rest }: DryRunChange): DryRunChange {\n  if (rest) return { ...rest, ...(settings ? { settings } : {}) }',
    seenBy: stories('console-dry-run'),
  },
  {
    says: 'a row that is only thought of is taken for one that was in step',
    file: 'tenant-sync/try-row.ts',
    from: '  await links.dropBases(row.record, [row.powerOfficeField])\n',
    to: '',
    seenBy: stories('try-fields'),
  },
  {
    says: 'a tenant is told to be ill before that has lasted',
    file: 'health/plan.ts',
    from: 'const left = now.turned.since + now.settleMs - now.at',
    to: 'const left = now.turned.since - now.at',
    seenBy: tests('health/plan'),
  },
]

/** Seen by slow tests alone, or by none, when they were planted first. */
const MISSED: readonly Breach[] = [
  {
    says: 'an invoice in the match that got nothing shares the payment',
    file: 'payments/plan.ts',
    from: 'pieces.filter(({ debit, credit }) => debit === entry || credit === entry).length > 1',
    to: 'pieces.length > 1',
    seenBy: tests('payments/plan', 'payments/unexplained', 'payments/match'),
  },
  {
    says: 'a new order is posted and not compared',
    file: 'invoices/posting.ts',
    from: 'const compared = await compare(ctx, ready, invoice, order)',
    to: 'const compared = await Promise.resolve(ready)',
    seenBy: [...tests('towns/sums', 'towns/rounding'), ...stories('invoice-trouble')],
  },
  {
    says: 'a payment that was undone keeps its amount',
    file: 'payments/rows.ts',
    from: 'await ctx.tribe.updatePayment(undone.ID, UNDONE)',
    to: 'await Promise.resolve(UNDONE)',
    seenBy: [...tests('towns/payments'), ...stories('payments', 'payments-trouble')],
  },
  {
    says: 'a role that is given twice in Tribe is made twice',
    file: 'relations/given-again.ts',
    from: '(await earlierLinks(ctx, type, role, relation)).length > 0) throw',
    to: '(await earlierLinks(ctx, type, role, relation)).length > 9) throw',
    seenBy: tests('towns/given-twice'),
  },
  {
    says: 'a role that was given twice does not take the place of the one that is taken away',
    file: 'relations/given-again.ts',
    from: 'ID !== link.tribeId && parked.has(subject)',
    to: 'ID === link.tribeId && parked.has(subject)',
    seenBy: tests('towns/given-twice'),
  },
  {
    says: 'a field that is off for a while forgets what was last in step',
    file: 'two-way/reconcile.ts',
    from: 'bases: { ...pair.bases, ...next }',
    to: 'bases: next',
    seenBy: tests('towns/resting-fields'),
  },
  {
    says: 'of several relations with one mark, one is taken',
    file: 'relations/matching.ts',
    from: 'copies.length === 0 ? marked : undefined',
    to: 'copies.length < 9 ? marked : undefined',
    seenBy: tests('towns/marked-twice'),
  },
  {
    says: 'of several products with one mark, one is taken',
    file: 'products/link.ts',
    from: 'copies.length === 0) return only',
    to: 'copies.length < 9) return only',
    seenBy: tests('towns/marked-twice'),
  },
  {
    says: 'what moves up while a list is read page by page is passed over',
    file: 'tribe/paging.ts',
    from: 'last !== null && !ids.includes(last)',
    to: 'last === null && !ids.includes(last)',
    seenBy: tests('tribe/paging', 'towns/shifting-lists'),
  },
  {
    says: 'our own reference does not tie',
    file: 'relations/matching.ts',
    from: '(referenced ? byId.get(referenced) : undefined) ?? null',
    to: 'null',
    seenBy: stories('link-life'),
  },
]

/** Promises that the laws hold of every long run; that each law sees its own breach is shown by `test/laws/laws.test.ts`. */
const LAWS: readonly Breach[] = [
  {
    says: 'a paused company is worked for',
    file: 'tenant-sync/runs.ts',
    from: `(context.tenant.state === 'paused' && undo === null)`,
    to: `(context.tenant.state === 'setup' && undo === null)`,
    seenBy: stories('every-feature', 'first-load'),
  },
]

const TRUST: readonly Breach[] = [
  {
    says: 'a client of PowerOffice becomes two companies',
    file: 'http/new-tenant.ts',
    from: 'powerOfficeClient: identityOf(powerOffice.profile.clientId),',
    to: 'powerOfficeClient: null,',
    seenBy: stories('onboarded-companies'),
  },
  {
    says: 'a member that PowerOffice does not say any more empties its field',
    file: 'relations/link.ts',
    from: ' && !isResting(ctx, type, row)',
    to: '',
    seenBy: tests('towns/contract'),
  },
  {
    says: 'what has drifted is told each time it is met',
    file: 'tenant-sync/contract.ts',
    from: `      if (!before) tell('contract-drifted'`,
    to: `      tell('contract-drifted'`,
    seenBy: tests('contract/watch'),
  },
]

export const BREACHES: readonly Breach[] = [
  ...[...MONEY, ...BOOKED, ...VOUCHERS, ...ORDER, ...TRUTH],
  ...[...DOORS, ...MISSED, ...LAWS, ...TRUST],
]
