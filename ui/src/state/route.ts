/** Where the page is, as the part of its address after the #: `#/watch/case/case-000002`, `#/audit`. */

export const SCREENS = [
  'watch',
  'cases',
  'checkpoint',
  'tunnels',
  'plans',
  'sensors',
  'fibre',
  'audit',
  'quarantine',
  'users',
] as const
export type Screen = (typeof SCREENS)[number]

/** The one thing that is chosen, on the map, the strip and the queue at once. */
export type Choice =
  | { kind: 'case' | 'track' | 'sensor' | 'unit'; id: string }
  | { kind: 'km'; km: number }
  | { kind: 'place'; lon: number; lat: number }

export interface Route {
  screen: Screen
  choice: Choice | null
}

const NAMED = ['case', 'track', 'sensor', 'unit'] as const

function readChoice(kind: string | undefined, value: string | undefined): Choice | null {
  if (!kind || !value) return null
  const text = decodeURIComponent(value)
  if ((NAMED as readonly string[]).includes(kind)) return { kind: kind as 'case', id: text }
  if (kind === 'km' && Number.isFinite(Number(text))) return { kind, km: Number(text) }
  const [lon, lat] = text.split(',').map(Number)
  return kind === 'place' && Number.isFinite(lon) && Number.isFinite(lat) ? { kind, lon: lon!, lat: lat! } : null
}

/** Reads an address; anything unknown leads to the watch. */
export function readRoute(hash: string): Route {
  const [name, kind, value] = hash.replace(/^#\/?/, '').split('/')
  const screen = SCREENS.find((known) => known === name) ?? 'watch'
  return { screen, choice: screen === 'watch' ? readChoice(kind, value) : null }
}

function writeChoice(choice: Choice): string {
  if (choice.kind === 'km') return `km/${choice.km.toFixed(1)}`
  if (choice.kind === 'place') return `place/${choice.lon.toFixed(5)},${choice.lat.toFixed(5)}`
  return `${choice.kind}/${encodeURIComponent(choice.id)}`
}

/** Writes an address; `readRoute` reads it back. */
export function writeRoute({ screen, choice }: Route): string {
  return choice && screen === 'watch' ? `#/watch/${writeChoice(choice)}` : `#/${screen}`
}
