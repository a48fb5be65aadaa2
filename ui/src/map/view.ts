import { signal } from '@preact/signals'
import type { Map as View } from 'maplibre-gl'
import type { Asked, CoverageAnswer, Sector } from '../api/types'
import { pointAt, type Point } from '../lib/geo'
import { choice } from '../state/choice'
import { casePlace } from './data'
import type { Choice } from '../state/route'
import { chosenCase } from '../state/doing'
import { border, sector, sensors, tracks, units } from '../state/store'

/** The map once it stands. */
export const view = signal<View | null>(null)

/** The box round the border itself: west, south, east, north. */
export function extent(place: Sector): [number, number, number, number] {
  const lon = place.border.coordinates.map((p) => p[0]!)
  const lat = place.border.coordinates.map((p) => p[1]!)
  return [Math.min(...lon), Math.min(...lat), Math.max(...lon), Math.max(...lat)]
}

/** How the coverage layer stands: it takes the watch a while to work out. */
export const coverage = signal<'off' | 'reading' | 'shown' | 'failed'>('off')

/** What coverage is asked for; nothing else than now unless somebody sets it, and not kept for the next time. */
export const asked = signal<Asked>({ hour: null, weather: '', state: 'now' })

/** The figures of the coverage that is shown. */
export const covered = signal<CoverageAnswer | null>(null)

/** Room round the whole stretch, px; the sides are those of the strip, so that a km lies over its place on the strip. */
export const MARGIN = { top: 50, bottom: 40, left: 64, right: 14 }

/** Where the chosen thing is, or null. */
export function placeOf(c: Choice | null): Point | null {
  if (!c) return null
  if (c.kind === 'place') return [c.lon, c.lat]
  if (c.kind === 'km') return border.value ? pointAt(border.value, c.km) : null
  if (c.kind === 'case') return chosenCase.value && casePlace(chosenCase.value, tracks.value)
  const row = { track: tracks, sensor: sensors, unit: units }[c.kind].value[c.id]
  return row ? [row.lon, row.lat] : null
}

/** Shows the whole stretch. */
export function zoomOut(): void {
  if (sector.value) view.value?.fitBounds(extent(sector.value), { padding: MARGIN, duration: 250 })
}

const NEAR = 11.5

/** Goes near what is chosen; when the map is near already, or nothing is chosen, shows the whole stretch. */
export function zoomToChoice(): void {
  const at = placeOf(choice.value)
  const map = view.value
  if (!map || !at || map.getZoom() >= NEAR) return zoomOut()
  map.easeTo({ center: at, zoom: NEAR, duration: 250 })
}
