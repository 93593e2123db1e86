/** What pictures show, also in words. */
export const pictures = {
  pictures: {
    title: 'The last 30 days',
    events: 'Events from Tribe',
    writes: 'Changes written',
    problems: 'New problems',
    /** What a chart says to somebody who cannot see it. */
    said: (what: string, total: string, most: string, day: string) =>
      `${what}: ${total} in 30 days, at most ${most} on one day, ${day}.`,
    saidNone: (what: string) => `${what}: none in 30 days.`,
    most: (n: string) => `At most ${n} a day`,
    total: (n: string) => `${n} in all`,
    table: 'Show the numbers',
    day: 'Day',
    arrival: 'From change to arrival',
    arrivals: (half: string, most: string, n: string) =>
      `Half of the changes arrived within ${half}, and 95 % of them within ${most} (${n} changes).`,
    noArrivals: 'No change has been measured yet.',
    ages: 'Open receivables by age',
    agesHint: 'Asked of PowerOffice just now, and not kept.',
    agesAway: 'PowerOffice does not answer just now.',
    age: 'Overdue by',
    amount: 'Amount',
    agesOf: {
      notDue: 'Not due yet',
      to30: '1–30 days',
      to60: '31–60 days',
      to90: '61–90 days',
      over90: 'More than 90 days',
      credit: 'To the customers’ credit',
    },
    health: 'Companies by health',
    problemsNow: 'With problems',
    count: 'Companies',
    budgets: 'Calls in the last 24 hours',
    budget: {
      tribe: 'Calls to Tribe',
      powerOffice: 'Calls to PowerOffice',
    },
    hour: 'Hour',
    use: (what: string, most: string, share: string) =>
      `${what}: at most ${most} in one hour, ${share} of what may be asked for.`,
    useOfOne: (what: string, total: string, most: string, share: string) =>
      `${what}: ${total} in 24 hours; of one company at most ${most} in one hour, ${share} of what it may ask for.`,
    slowest: 'Slowest companies in the last 24 hours',
    slowestNone: 'No change has been measured in the last 24 hours.',
    half: 'Half within',
    most95: '95 % within',
    changes: 'Changes',
  },
}
