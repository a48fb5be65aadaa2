import type { Interval } from '../api/types'
import { locale, t } from '../i18n'

const MINUTE = 60
const HOUR = 3600
const DAY = 86400

type Step = { unit: 'unit.s' | 'unit.min' | 'unit.h' | 'unit.d'; size: number }

function stepFor(seconds: number): Step {
  if (seconds < 90) return { unit: 'unit.s', size: 1 }
  if (seconds < 100 * MINUTE) return { unit: 'unit.min', size: MINUTE }
  if (seconds < 48 * HOUR) return { unit: 'unit.h', size: HOUR }
  return { unit: 'unit.d', size: DAY }
}

/** A length of time in its own unit: `45 s`, `14 min`, `3 h`. */
export function duration(seconds: number): string {
  const { unit, size } = stepFor(seconds)
  return `${Math.round(Math.max(0, seconds) / size)} ${t(unit)}`
}

/** A length of time with its uncertainty: `14 to 22 min`; `14 min` when both ends round alike. */
export function interval([low, high]: Interval): string {
  const { unit, size } = stepFor(Math.max(high, 0))
  const a = Math.round(Math.max(0, low) / size)
  const b = Math.round(Math.max(0, high) / size)
  return `${a === b ? a : t('unit.to', { a, b })} ${t(unit)}`
}

/** How many, with its uncertainty: `6 to 9`, `1`. */
export function count([low, , high]: [number, number, number]): string {
  const a = Math.max(1, Math.floor(low))
  const b = Math.max(a, Math.ceil(high))
  return a === b ? String(a) : t('unit.to', { a, b })
}

/** A distance a person can picture: `850 m`, `1.4 km`, `23 km`. */
export function distance(metres: number): string {
  const m = Math.abs(metres)
  if (m < 995) return `${m < 100 ? Math.round(m) : Math.round(m / 10) * 10} m`
  return `${m < 9950 ? (m / 1000).toFixed(1) : Math.round(m / 1000)} km`
}

/** A chainage in the words of the page: `km 41.2`. */
export function km(chainage: number): string {
  return t('unit.km', { n: chainage.toFixed(1) })
}

/** A probability without false certainty: `0.71`, `> 0.99`, `< 0.01`. */
export function probability(p: number): string {
  if (!Number.isFinite(p)) return '–'
  if (p > 0.994) return '> 0.99'
  if (p < 0.005) return '< 0.01'
  return p.toFixed(2)
}

/** A speed over ground: `4 km/h`. */
export function speed(metresPerSecond: number): string {
  return `${Math.round(metresPerSecond * 3.6)} km/h`
}

/** How long ago, in words: `12 s ago`. */
export function ago(seconds: number): string {
  return seconds < 1 ? t('unit.now') : t('unit.ago', { t: duration(seconds) })
}

const formats = new Map<string, Intl.DateTimeFormat>()

function dated(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const language = locale.value === 'ar' ? 'ar-u-nu-latn' : locale.value === 'en' ? 'en-GB' : locale.value
  const key = JSON.stringify([language, zone, options])
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(language, { timeZone: zone, ...options })
  formats.set(key, made)
  return made
}

/** Clock time in a zone: `04:12`, with seconds on request. */
export function clock(time: number, zone: string, seconds = false): string {
  const options: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
  return dated(zone, seconds ? { ...options, second: '2-digit' } : options).format(time * 1000)
}

/** Day in a zone: `Wed 21 Jan`. */
export function day(time: number, zone: string): string {
  return dated(zone, { weekday: 'short', day: 'numeric', month: 'short' }).format(time * 1000)
}

/** Offset of a zone from UTC at a time: `+03`, `+05:30`. */
export function offset(time: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(time * 1000)
  const name = parts.find((part) => part.type === 'timeZoneName')?.value.replace('GMT', '') ?? ''
  return name === '' ? '+00' : name.replace(':00', '')
}

/** Day and clock time in a zone, with the UTC moment as an ISO text for the hover. */
export function stamp(time: number, zone: string): { local: string; utc: string } {
  return { local: `${day(time, zone)} ${clock(time, zone)}`, utc: `${new Date(time * 1000).toISOString().slice(0, 19)}Z` }
}
