const SHARE = 4

/** What a law is tried on: a share of so many, drawn anew in each run; all of them in `npm run soak`. */
export const triesOf = (all: number) => ({ numRuns: process.env.SOAK ? all : Math.ceil(all / SHARE) })
