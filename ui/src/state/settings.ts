import { signal } from '@preact/signals'
import type { TargetClass } from '../api/types'
import type { Locale } from '../i18n'

/** What a person set on this machine. */
export interface Settings {
  locale: Locale
  sound: boolean
  target: TargetClass
  /** Minutes of the strip. */
  window: 30 | 360 | 1440
  /** The strip runs as the map lies, west at the left. */
  likeMap: boolean
  coverage: boolean
  blind: boolean
  /** What the strip's band shows: how surely somebody is detected, or stopped. */
  band: 'detect' | 'closure'
  /** The way of crossing that closure is shown for: mode and direction. */
  way: string
}

const KEY = 'limes.settings'
const DEFAULTS: Settings = {
  locale: 'en',
  sound: true,
  target: 'person',
  window: 30,
  likeMap: true,
  coverage: false,
  blind: true,
  band: 'detect',
  way: 'foot in',
}

function stored(): Partial<Settings> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Settings>
  } catch {
    return {}
  }
}

/** The settings in use. */
export const settings = signal<Settings>({ ...DEFAULTS, ...stored() })

/** Changes some settings and keeps them for the next time. */
export function set(change: Partial<Settings>): void {
  settings.value = { ...settings.value, ...change }
  try {
    localStorage.setItem(KEY, JSON.stringify(settings.value))
  } catch {
    // A browser that keeps nothing still shows everything.
  }
}
