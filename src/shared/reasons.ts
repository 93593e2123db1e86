/** Why a look left a record alone. One word each; the console has its sentence in three languages (`texts/…/seen.ts`). */
export const LEFT_ALONE = [
  'forgotten',
  'gone-in-tribe',
  'gone-in-poweroffice',
  'former',
  'inactive',
  'left-by-admin',
  'hidden-in-poweroffice',
  'kept-by-relay',
  'switched-off',
  'not-sent',
  'sent-before',
] as const
export type LeftAlone = (typeof LEFT_ALONE)[number]

/** What a look did, or that there was nothing to do: the link says the same, and no row is kept of it. */
export const DID = [
  'in-step',
  'compared',
  'tied',
  'made-in-tribe',
  'made-in-poweroffice',
  'sent-in-tribe',
  'changed-in-tribe',
  'draft-in-poweroffice',
  'booked',
  'reversed-in-poweroffice',
  'not-settled',
  'payments-told',
] as const
export type Did = (typeof DID)[number]

/** The look found out nothing: a newer state is known, another look does the work, or an event named what is no such record. */
export type Passed = 'newer-known' | 'another-look' | 'unknown-in-tribe'

/** What a look at a record came to. It says nothing of what the record holds, so it may stand in a log. */
export type Reason = LeftAlone | Did | Passed

export const isLeftAlone = (reason: Reason): reason is LeftAlone => LEFT_ALONE.some((one) => one === reason)
export const isPassed = (reason: Reason): reason is Passed =>
  reason === 'newer-known' || reason === 'another-look' || reason === 'unknown-in-tribe'

/** On which side a pair came apart, by the state of its link. */
export const goneBy = (state: string): LeftAlone =>
  state === 'tribe-gone' ? 'gone-in-tribe' : 'gone-in-poweroffice'
