import type { Curve as Rows } from '../api/types'
import { t } from '../i18n'

const W = 640
const H = 190
const PAD = { left: 8, right: 8, top: 8, bottom: 22 }

/** The points of a polyline: values over their places, within low and high of the panel from top to bottom. */
export function polyline(x: number[], y: number[], low: number, high: number, top: number, bottom: number): string {
  const [first, last] = [x[0] ?? 0, x.at(-1) ?? 1]
  const width = W - PAD.left - PAD.right
  const across = (value: number) => PAD.left + (width * (value - first)) / (last - first || 1)
  const down = (value: number) => bottom - ((bottom - top) * (value - low)) / (high - low || 1)
  return x.map((at, i) => `${across(at).toFixed(1)},${down(y[i] ?? low).toFixed(1)}`).join(' ')
}

function span(...rows: (number[] | undefined)[]): [number, number] {
  const all = rows.flatMap((row) => row ?? [])
  return all.length ? [Math.min(...all), Math.max(...all)] : [0, 1]
}

/** The largest of what remains, so that it is drawn to the scale of what was measured unless it would not fit. */
function leftOver(residual: number[] | undefined): number {
  return Math.max(0, ...(residual ?? []).map(Math.abs))
}

function ends(x: number[], unit: string): [string, string] {
  const text = (value: number) => `${Math.round(value)} ${unit.replace('cm-1', 'cm⁻¹')}`
  return [text(x[0] ?? 0), text(x.at(-1) ?? 0)]
}

/** What was measured over its match, and below it what the match leaves over. */
export function Curve({ curve }: { curve: Rows }) {
  const { x, measured, match, residual } = curve
  const [low, high] = span(measured, match)
  const split = residual ? 138 : H - PAD.bottom
  const most = Math.max(leftOver(residual), ((high - low) * (H - PAD.bottom - split - 6)) / (2 * (split - PAD.top)))
  const [from, to] = ends(x, curve.x_unit)
  return (
    <figure class="curve">
      <svg
        viewBox={`0 0 ${W} ${H}`}
        role="img"
        aria-label={t(match ? 'curve.label' : 'curve.alone')}
        preserveAspectRatio="none"
      >
        {match && <polyline class="match" points={polyline(x, match, low, high, PAD.top, split)} />}
        <polyline class="measured" points={polyline(x, measured, low, high, PAD.top, split)} />
        {residual && <polyline class="residual" points={polyline(x, residual, -most, most, split + 6, H - PAD.bottom)} />}
      </svg>
      <figcaption>
        <span>{from}</span>
        <span class="key measured">{t('curve.measured')}</span>
        {match && <span class="key match">{t(curve.x_unit === 's' ? 'curve.background' : 'curve.match')}</span>}
        {residual && <span class="key residual">{t('curve.residual')}</span>}
        <span>{to}</span>
      </figcaption>
    </figure>
  )
}
