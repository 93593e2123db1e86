import type { FC } from 'hono/jsx'

/** Pictures that need no script: drawn by the server, in the colours of the theme, and said in words, too. */

const WIDTH = 600
const HEIGHT = 90
const GAP = 3

/** A bar for each of the values; what it shows is said by `says`, and each number stands in a table elsewhere. */
export const Bars: FC<{
  title: string
  says: string
  values: readonly number[]
  /** What stands below the first and the last bar, and beside the title. */
  ends: readonly [string, string]
  note: string
  tone?: 'main' | 'bad'
}> = ({ title, says, values, ends, note, tone = 'main' }) => {
  const most = Math.max(1, ...values)
  const step = WIDTH / Math.max(1, values.length)
  return (
    <figure class="chart">
      <figcaption>
        <strong>{title}</strong> <span class="soft">{note}</span>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={says}>
        {values.map((value, index) => {
          // What is there at all is seen.
          const height = value === 0 ? 0 : Math.max(3, (value / most) * (HEIGHT - 2))
          return (
            <rect
              class={tone === 'bad' ? 'bar-bad' : 'bar-main'}
              x={String(rounded(index * step + GAP / 2))}
              y={String(rounded(HEIGHT - 1 - height))}
              width={String(rounded(step - GAP))}
              height={String(rounded(height))}
            />
          )
        })}
        <rect class="bar-ground" x="0" y={String(HEIGHT - 1)} width={String(WIDTH)} height="1" />
      </svg>
      <p class="ends soft" aria-hidden="true">
        <span>{ends[0]}</span>
        <span>{ends[1]}</span>
      </p>
    </figure>
  )
}

/** A bar beside a number that stands next to it: the number says it all. */
export const Beside: FC<{ value: number; most: number; tone?: 'main' | 'bad' }> = ({
  value,
  most,
  tone = 'main',
}) => (
  <svg
    class="beside-number"
    viewBox="0 0 100 10"
    preserveAspectRatio="none"
    aria-hidden="true"
    focusable="false"
  >
    <rect
      class={tone === 'bad' ? 'bar-bad' : 'bar-main'}
      x="0"
      y="0"
      width={String(rounded(most > 0 ? Math.max(0, (value / most) * 100) : 0))}
      height="10"
    />
  </svg>
)

const rounded = (value: number): number => Math.round(value * 100) / 100
