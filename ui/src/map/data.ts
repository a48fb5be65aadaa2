import type { Case, Sector, Sensor, SensorState, Strip, Track, Unit, WeakWay } from '../api/types'
import { probability } from '../lib/format'
import { assetImage } from './images'
import { beside, between, ellipse, reach, runs, towards, type Line, type Point } from '../lib/geo'
import type { Focus } from '../state/choice'

type Features = GeoJSON.FeatureCollection
type Properties = Record<string, string | number | boolean | null>

/** How far beside the border its sides are named, metres for each km of its length. */
const SIDE_SHIFT = 50

/** How far ahead the leader of a track points, seconds. */
export const LEADER = 600

/** A collection of features. */
export function collect(features: GeoJSON.Feature[]): Features {
  return { type: 'FeatureCollection', features }
}

function point(at: Point, properties: Properties): GeoJSON.Feature {
  return { type: 'Feature', geometry: { type: 'Point', coordinates: at }, properties }
}

function lineOf(points: Point[], properties: Properties = {}): GeoJSON.Feature {
  return { type: 'Feature', geometry: { type: 'LineString', coordinates: points }, properties }
}

function ringOf(points: Point[], properties: Properties = {}): GeoJSON.Feature {
  return { type: 'Feature', geometry: { type: 'Polygon', coordinates: [points] }, properties }
}

/** The kilometre marks with the zoom from which each is worth its ink. */
export function kmMarks(sector: Sector): Features {
  const level = (km: number) => (km % 10 === 0 ? 0 : km % 5 === 0 ? 10.2 : 11.6)
  return collect(sector.km_marks.map(({ km, lon, lat }) => point([lon, lat], { km, text: String(km), from: level(km) })))
}

/** The places, the bigger the earlier. */
export function places(sector: Sector): Features {
  return collect(
    sector.places.map((p) =>
      point([p.lon, p.lat], {
        text: p.name,
        rank: -p.population,
        from: p.population > 15000 ? 0 : p.population > 3000 ? 9.6 : 10.6,
      }),
    ),
  )
}

/** Rivers, as lines. */
export function water(sector: Sector): Features {
  return collect((sector.water ?? []).map((points) => lineOf(points)))
}

/** The crossing points. */
export function crossings(sector: Sector): Features {
  return collect(sector.crossings.map((c) => point([c.lon, c.lat], { id: c.id, text: c.name })))
}

const WORST: SensorState[] = ['up', 'degraded', 'recovering', 'grounded', 'silent', 'down']

/** The state of each asset: the worst of what it carries. */
export function assetStates(sensors: Record<string, Sensor>): Map<string, SensorState> {
  const states = new Map<string, SensorState>()
  for (const { asset, state } of Object.values(sensors)) {
    const known = states.get(asset)
    if (!known || WORST.indexOf(state) > WORST.indexOf(known)) states.set(asset, state)
  }
  return states
}

/** What stands there, with the state of now; lines (walls, fences, fibre) and points apart by their geometry. */
export function assets(
  deployment: Features,
  sensors: Record<string, Sensor>,
  units: Record<string, Unit>,
  focus: Focus,
): Features {
  const states = assetStates(sensors)
  const chosen = new Set([...focus.sensors].map((id) => sensors[id]?.asset))
  const standing = deployment.features.filter((feature) => !((feature.properties?.id as string) in units))
  return collect(
    standing.map((feature) => {
      const { id, family, name } = feature.properties as { id: string; family: string; name: string }
      const state = states.get(id) ?? 'up'
      return { ...feature, properties: { id, family, name, state, image: assetImage(family, state), chosen: chosen.has(id) } }
    }),
  )
}

/** What the chosen sensors reach. */
export function reaches(sensors: Record<string, Sensor>, deployment: Features | null, ids: Iterable<string>): Features {
  const looks = new Map(deployment?.features.map((f) => [f.properties?.id as string, f.properties]) ?? [])
  const rings: GeoJSON.Feature[] = []
  for (const id of ids) {
    const s = sensors[id]
    if (!s?.reach_m) continue
    const look = looks.get(s.asset) as { azimuth_deg?: number; width_deg?: number } | undefined
    rings.push(ringOf(reach([s.lon, s.lat], s.reach_m, look?.azimuth_deg, look?.width_deg)))
  }
  return collect(rings)
}

/** The stretches of the border that are blind now. */
export function blindLines(line: Line, strip: Strip): Features {
  return collect(
    runs(strip.blind).map(([from, to]) => lineOf(between(line, strip.km[from] ?? from, (strip.km[to - 1] ?? to - 1) + 1))),
  )
}

/** The border, with its own direction. */
export function borderLine(line: Line): Features {
  return collect([lineOf(line.points)])
}

/** Where the names of the two sides stand, twice each, turned as the border runs there. */
export function sideLabels(line: Line, homeSide: 'left' | 'right'): Features {
  const length = line.km.at(-1)!
  const labels = [true, false].flatMap((home) =>
    [0.08, 0.58].map((from) => {
      const shift = (home === (homeSide === 'left') ? -1 : 1) * length * SIDE_SHIFT
      const { at, bearing } = beside(line, from * length, (from + 0.34) * length, shift)
      return point(at, { home, turn: ((((bearing - 90 + 90) % 180) + 180) % 180) - 90 })
    }),
  )
  return collect(labels)
}

/** The most urgent case of each track that has one. */
type Owners = ReadonlyMap<string, Case>

/** The tracks as symbols; in the order of `weight` the ones that matter lie on top. */
export function trackPoints(tracks: Record<string, Track>, owners: Owners, focus: Focus): Features {
  return collect(
    Object.entries(tracks).map(([id, track]) => {
      const row = owners.get(id)
      const rescue = row?.priority === 'rescue'
      const chosen = focus.tracks.has(id)
      const image = `track-${track.label}-${track.disposition}-${row ? 'case' : 'free'}`
      return point([track.lon, track.lat], { id, image, chosen, rescue, weight: chosen ? 3 : rescue ? 2 : row ? 1 : 0 })
    }),
  )
}

/** Where each moving track would be in ten minutes. */
export function leaders(tracks: Record<string, Track>, owners: Owners): Features {
  const moving = Object.entries(tracks).filter(([, track]) => track.speed > 0.2)
  return collect(
    moving.map(([id, track]) => {
      const at: Point = [track.lon, track.lat]
      return lineOf([at, towards(at, track.course_deg, track.speed * LEADER)], { id, case: owners.has(id) })
    }),
  )
}

/** Where each track may be; only of those in a case or chosen, so that the map stays quiet. */
export function ellipses(tracks: Record<string, Track>, owners: Owners, focus: Focus): Features {
  const shown = Object.entries(tracks).filter(([id]) => owners.has(id) || focus.tracks.has(id))
  return collect(
    shown.map(([id, track]) => ringOf(ellipse([track.lon, track.lat], track.ellipse), { id, chosen: focus.tracks.has(id) })),
  )
}

/** Own units. */
export function unitPoints(units: Record<string, Unit>, focus: Focus): Features {
  return collect(
    Object.entries(units).map(([id, unit]) =>
      point([unit.lon, unit.lat], {
        id,
        text: unit.name,
        image: `unit-${unit.kind === 'drone' ? 'drone' : 'patrol'}-${unit.state === 'ready' || unit.state === 'away' ? 'ready' : 'busy'}`,
        faint: unit.state === 'away',
        chosen: focus.unit === id,
      }),
    ),
  )
}

/** Where a case is now: with its first track that is still there, else where it was. */
export function casePlace(row: Case, tracks: Record<string, Track>): Point | null {
  const track = row.tracks.map((id) => tracks[String(id)]).find(Boolean)
  if (track) return [track.lon, track.lat]
  return row.lon !== null && row.lat !== null ? [row.lon, row.lat] : null
}

/** Rings round the places of the cases that wait for a person. */
export function casePins(rows: (Case & { id: string })[], tracks: Record<string, Track>, focus: Focus): Features {
  const pins: GeoJSON.Feature[] = []
  for (const row of rows) {
    const at = casePlace(row, tracks)
    if (at) pins.push(point(at, { id: row.id, rescue: row.priority === 'rescue', chosen: focus.case === row.id }))
  }
  return collect(pins)
}

/** The way a track came, as one line. */
export function historyLine(history: { lon: number; lat: number }[]): Features {
  return collect(history.length > 1 ? [lineOf(history.map(({ lon, lat }) => [lon, lat]))] : [])
}

/** The weakest ways across, each with how surely it is stopped. */
export function weakWays(ways: WeakWay[]): Features {
  return collect(
    ways
      .filter(({ line }) => line.length > 1)
      .map(({ line, p, km }) => ({ ...lineOf(line), properties: { text: probability(p), km } })),
  )
}
