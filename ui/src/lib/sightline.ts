import type { SightLine } from '../api/types'

type Spot = { x: number; y: number }

/** A line of sight in the pixels of a drawing: ground, the straight line over it, and where ground stands in its way. */
export interface Drawing {
  /** Closed outlines of the ground, one for each stretch between voids. */
  ground: string[]
  eye: Spot
  /** Top and foot of what is looked for. */
  top: Spot
  foot: Spot | null
  /** Where the line first meets the ground; null where it is clear. */
  stop: Spot | null
  /** Heights of the lowest and highest point drawn, m. */
  low: number
  high: number
}

const round = (value: number) => Math.round(value * 10) / 10

/** Draws a line of sight into a box; the sensor stands at the left. */
export function drawn(line: SightLine, width: number, height: number): Drawing {
  const solid = line.ground_m.filter((metres): metres is number => metres !== null)
  const low = Math.min(line.eye_m, line.end_m, ...solid)
  const high = Math.max(line.eye_m, line.end_m, ...solid)
  const far = line.distance_m.at(-1) || 1
  const x = (metres: number) => round((metres / far) * width)
  const y = (metres: number) => round(height - ((metres - low) / Math.max(high - low, 1)) * height)
  const at = (metres: number) => line.eye_m + ((line.end_m - line.eye_m) * metres) / far
  const last = line.ground_m.at(-1) ?? null
  return {
    ground: runs(line).map((run) => {
      const top = run.map(([distance, metres]) => `${x(distance)},${y(metres)}`).join(' ')
      return `M${x(run[0]![0])},${height} ${top} ${x(run.at(-1)![0])},${height}Z`
    }),
    eye: { x: 0, y: y(line.eye_m) },
    top: { x: x(far), y: y(line.end_m) },
    foot: last === null ? null : { x: x(far), y: y(last) },
    stop: line.blocked && { x: x(line.blocked.distance_m), y: y(at(line.blocked.distance_m)) },
    low,
    high,
  }
}

/** Stretches of known ground as [distance, height]; a void ends one. */
function runs(line: SightLine): [number, number][][] {
  const found: [number, number][][] = []
  let open = false
  line.ground_m.forEach((metres, i) => {
    if (metres === null) return void (open = false)
    if (!open) found.push([])
    open = true
    found.at(-1)!.push([line.distance_m[i]!, metres])
  })
  return found
}
