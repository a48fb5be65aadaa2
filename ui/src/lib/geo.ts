/** Small plane geometry on longitude and latitude; good to a metre or so over the tens of km that the page draws. */

export type Point = [number, number]

const METRES_PER_DEGREE = 111_195

/** Metres east and north from one point to another. */
export function metresBetween([lon0, lat0]: Point, [lon1, lat1]: Point): Point {
  const shrink = Math.cos((((lat0 + lat1) / 2) * Math.PI) / 180)
  return [(lon1 - lon0) * METRES_PER_DEGREE * shrink, (lat1 - lat0) * METRES_PER_DEGREE]
}

/** Distance in metres. */
export function distanceBetween(a: Point, b: Point): number {
  return Math.hypot(...metresBetween(a, b))
}

/** The point some metres east and north of another. */
export function moved([lon, lat]: Point, east: number, north: number): Point {
  const shrink = Math.cos((lat * Math.PI) / 180)
  return [lon + east / (METRES_PER_DEGREE * shrink), lat + north / METRES_PER_DEGREE]
}

/** The point at a distance on a bearing, degrees clockwise from true north. */
export function towards(from: Point, bearing: number, metres: number): Point {
  const a = (bearing * Math.PI) / 180
  return moved(from, Math.sin(a) * metres, Math.cos(a) * metres)
}

/** A closed ring round a point: half axes in metres, the first at an angle clockwise from true north. */
export function ellipse(centre: Point, [a, b, angle]: [number, number, number], steps = 48): Point[] {
  const turn = (angle * Math.PI) / 180
  return Array.from({ length: steps + 1 }, (_, i) => {
    const s = (i / steps) * 2 * Math.PI
    const along = Math.cos(s) * a
    const across = Math.sin(s) * b
    return moved(centre, along * Math.sin(turn) + across * Math.cos(turn), along * Math.cos(turn) - across * Math.sin(turn))
  })
}

/** The closed ring of what lies within reach; a wedge where the sensor looks one way (degrees, centre and width). */
export function reach(centre: Point, metres: number, azimuth?: number | null, width?: number | null): Point[] {
  if (azimuth == null || width == null || width >= 359) return ellipse(centre, [metres, metres, 0], 96)
  const steps = Math.max(8, Math.round(width / 4))
  const arc = Array.from({ length: steps + 1 }, (_, i) => towards(centre, azimuth - width / 2 + (width * i) / steps, metres))
  return [centre, ...arc, centre]
}

/** A border line with the chainage in km of each vertex. */
export interface Line {
  points: Point[]
  km: number[]
}

/** Gives a line its chainage, stretched so that its end lies at the length the sector states. */
export function measured(points: Point[], lengthKm: number): Line {
  const raw = [0]
  for (let i = 1; i < points.length; i++) raw.push(raw[i - 1]! + distanceBetween(points[i - 1]!, points[i]!))
  const scale = lengthKm / (raw.at(-1) || 1)
  return { points, km: raw.map((metres) => metres * scale) }
}

function segmentAt(line: Line, km: number): number {
  let low = 0
  let high = line.km.length - 2
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (line.km[middle]! <= km) low = middle
    else high = middle - 1
  }
  return low
}

/** The point of a line at a chainage. */
export function pointAt(line: Line, km: number): Point {
  const i = segmentAt(line, km)
  const [a, b] = [line.points[i]!, line.points[i + 1]!]
  const span = line.km[i + 1]! - line.km[i]!
  const f = Math.min(1, Math.max(0, span ? (km - line.km[i]!) / span : 0))
  return [a[0] + (b[0] - a[0]) * f, a[1] + (b[1] - a[1]) * f]
}

/** The part of a line between two chainages. */
export function between(line: Line, from: number, to: number): Point[] {
  const inner = line.points.filter((_, i) => line.km[i]! > from && line.km[i]! < to)
  return [pointAt(line, from), ...inner, pointAt(line, to)]
}

/** The point beside the middle of a stretch of the border, some metres to the right of its run (to the left: negative), and
 * the bearing of that run in degrees. */
export function beside(line: Line, from: number, to: number, metres: number): { at: Point; bearing: number } {
  const [a, b] = [pointAt(line, from), pointAt(line, to)]
  const [east, north] = metresBetween(a, b)
  const length = Math.hypot(east, north) || 1
  const middle: Point = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
  return {
    at: moved(middle, (north / length) * metres, (-east / length) * metres),
    bearing: (Math.atan2(east, north) * 180) / Math.PI,
  }
}

/** Chainage of the point of a line nearest to a place, and how far away it is in metres. */
export function locate(line: Line, place: Point): { km: number; metres: number } {
  let best = { km: 0, metres: Infinity }
  for (let i = 0; i + 1 < line.points.length; i++) {
    const d = metresBetween(line.points[i]!, line.points[i + 1]!)
    const p = metresBetween(line.points[i]!, place)
    const square = d[0] * d[0] + d[1] * d[1]
    const f = square ? Math.min(1, Math.max(0, (p[0] * d[0] + p[1] * d[1]) / square)) : 0
    const metres = Math.hypot(p[0] - f * d[0], p[1] - f * d[1])
    if (metres < best.metres) best = { km: line.km[i]! + f * (line.km[i + 1]! - line.km[i]!), metres }
  }
  return best
}

/** Runs of true values as [first, end) pairs: neighbouring blind km become one stretch. */
export function runs(flags: boolean[]): [number, number][] {
  const out: [number, number][] = []
  flags.forEach((flag, i) => {
    if (!flag) return
    const last = out.at(-1)
    if (last && last[1] === i) last[1] = i + 1
    else out.push([i, i + 1])
  })
  return out
}
