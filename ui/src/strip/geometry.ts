/** Where things stand on the strip: km across, time down, what is coming above the line "now". */

export interface Frame {
  /** Width of the whole strip and the gutters at its ends, CSS px. */
  width: number
  left: number
  right: number
  length: number
  /** True when km 0 lies at the right, as it does on a map whose border starts in the east. */
  flipped: boolean
  /** Tops of the rows, px: detection band, patrols, axis, what is coming, the line "now", the bottom. */
  band: number
  patrols: number
  axis: number
  coming: number
  now: number
  bottom: number
  /** Seconds shown below "now" and above it. */
  past: number
  ahead: number
}

const BAND = 0.2
const PATROLS = 17
const AXIS = 17
const MIN_BAND = 24
const MAX_BAND = 56

/** Lays the rows out in a height: the band takes a fifth, what is coming a third of the rest. */
export function frame(
  width: number,
  height: number,
  length: number,
  flipped: boolean,
  past: number,
  gutter = { left: 64, right: 14 },
): Frame {
  const band = Math.round(Math.min(MAX_BAND, Math.max(MIN_BAND, height * BAND)))
  const coming = band + PATROLS + AXIS
  const now = Math.round(coming + (height - coming) * 0.36)
  const ahead = Math.min(1800, past)
  const rows = { band: 0, patrols: band, axis: band + PATROLS, coming, now, bottom: height }
  return { width, ...gutter, length, flipped, ...rows, past, ahead }
}

/** Px across of a chainage. */
export function xOf(f: Frame, km: number): number {
  const part = km / f.length
  return f.left + (f.flipped ? 1 - part : part) * (f.width - f.left - f.right)
}

/** Chainage at a px across, kept on the stretch. */
export function kmOf(f: Frame, x: number): number {
  const part = (x - f.left) / (f.width - f.left - f.right)
  return Math.min(f.length, Math.max(0, (f.flipped ? 1 - part : part) * f.length))
}

/** Px down of a time, `age` seconds before now; negative ages lie ahead. */
export function yOf(f: Frame, age: number): number {
  if (age >= 0) return f.now + (age / f.past) * (f.bottom - f.now)
  return f.now - (Math.min(-age, f.ahead) / f.ahead) * (f.now - f.coming)
}

/** Age in seconds at a px down; negative above the line "now". */
export function ageOf(f: Frame, y: number): number {
  if (y >= f.now) return ((y - f.now) / (f.bottom - f.now)) * f.past
  return -((f.now - y) / (f.now - f.coming)) * f.ahead
}

/** Px across and width of one whole km, whichever way the strip runs. */
export function cell(f: Frame, km: number): { x: number; width: number } {
  const a = xOf(f, km)
  const b = xOf(f, Math.min(f.length, km + 1))
  return { x: Math.min(a, b), width: Math.abs(b - a) }
}

/** Distance between km labels that keeps them at least some px apart: 1, 2, 5, 10 or 20 km. */
export function labelStep(f: Frame, apart = 44): number {
  const perKm = (f.width - f.left - f.right) / f.length
  return [1, 2, 5, 10, 20, 50].find((step) => step * perKm >= apart) ?? 100
}

/** A line drawn in time, with an id to be found by. */
export interface Drawn {
  id: string
  points: { x: number; y: number }[]
}

function distanceToSegment(x: number, y: number, a: { x: number; y: number }, b: { x: number; y: number }): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const square = dx * dx + dy * dy
  const f = square ? Math.min(1, Math.max(0, ((x - a.x) * dx + (y - a.y) * dy) / square)) : 0
  return Math.hypot(x - a.x - f * dx, y - a.y - f * dy)
}

/** The drawn line nearest to a point, if any lies within reach of a finger. */
export function hit(lines: Drawn[], x: number, y: number, within = 8): string | null {
  let best: { id: string; d: number } | null = null
  for (const { id, points } of lines) {
    points.forEach((point, i) => {
      const d = distanceToSegment(x, y, point, points[i + 1] ?? point)
      if (d <= within && (!best || d < best.d)) best = { id, d }
    })
  }
  return (best as { id: string } | null)?.id ?? null
}
