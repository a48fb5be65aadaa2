import type { ComponentChildren } from 'preact'
import type { Classes } from '../api/types'
import { word } from '../i18n'
import { clock, probability, stamp } from '../lib/format'
import { zone } from '../state/store'

/** A time in the sector's own clock, with UTC on hover; `full` says the day too. */
export function Time({ at, full = false }: { at: number; full?: boolean }) {
  const { local, utc } = stamp(at, zone.value)
  return (
    <time dateTime={utc} title={utc}>
      {full ? local : clock(at, zone.value)}
    </time>
  )
}

/** What something may be, as bars with their figures. */
export function ClassBars({ classes }: { classes: Classes }) {
  const rows = Object.entries(classes)
    .filter(([, p]) => p >= 0.01)
    .sort((a, b) => b[1] - a[1])
  return (
    <ul class="bars">
      {rows.map(([name, p]) => (
        <li key={name}>
          <span>{word('class', name)}</span>
          <span class="bar" aria-hidden="true">
            <span style={{ inlineSize: `${p * 100}%` }} />
          </span>
          <span class="figure">{probability(p)}</span>
        </li>
      ))}
    </ul>
  )
}

/** One fact with its name. */
export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** A part of a panel with its heading; absent when there is nothing in it. */
export function Part({ title, when = true, children }: { title: string; when?: boolean; children: ComponentChildren }) {
  if (!when) return null
  return (
    <section class="part">
      <h3>{title}</h3>
      {children}
    </section>
  )
}
