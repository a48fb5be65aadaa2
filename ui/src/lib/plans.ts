import type { PlanCase, PlanFacts } from '../api/types'
import type { Point } from './geo'

/** One line of the comparison: a plan, or a deployment that a plan was compared with. */
export interface Compared {
  name: string
  capital: number | null
  yearly: number | null
  least: number
  mean: number
  bound: number | null
  cases: PlanCase[]
}

const least = (cases: PlanCase[]): number => Math.min(...cases.map(({ worst }) => worst ?? 1))
const mean = (cases: PlanCase[]): number => cases.reduce((sum, one) => sum + (one.mean ?? 0), 0) / Math.max(cases.length, 1)

/** Plans side by side, each followed by what it was compared with; what stood before only where something did. */
export function compared(plans: PlanFacts[]): Compared[] {
  return plans.flatMap((plan) =>
    Object.entries(plan.on_usual_cells)
      .filter(([name]) => name !== 'before' || plan.request.kept.length > 0)
      .map(([name, cases]) => ({
        name: name === 'plan' ? plan.name : `${plan.name}: ${name}`,
        capital: name === 'plan' ? plan.spent.capital : null,
        yearly: name === 'plan' ? plan.spent.yearly : null,
        least: least(cases),
        mean: mean(cases),
        bound: name === 'plan' ? plan.bound.p_interdict : null,
        cases,
      })),
  )
}

/** Least P per km over the cases of one way of crossing, null where there is no way. */
export function worstByKm(cases: PlanCase[], way: string): (number | null)[] {
  const rows = cases.filter(({ mode, direction }) => `${mode} ${direction}` === way).map(({ km }) => km)
  return (rows[0] ?? []).map((_, i) => {
    const known = rows.map((row) => row[i]).filter((p): p is number => p != null)
    return known.length ? Math.min(...known) : null
  })
}

/** An SVG path of steps, one per km, 0 at the bottom and 1 at the top of a box; a gap where nothing is known. */
export function steps(km: (number | null)[], width: number, height: number): string {
  const each = width / Math.max(km.length, 1)
  const at = (value: number) => value.toFixed(1)
  let path = ''
  km.forEach((p, i) => {
    if (p === null) return
    const y = at(height * (1 - p))
    path += `${i > 0 && km[i - 1] != null ? 'L' : 'M'}${at(i * each)} ${y}L${at((i + 1) * each)} ${y}`
  })
  return path
}

/** A flat drawing of a place: from degrees to the box and back. */
export interface Frame {
  to: (point: Point) => Point
  from: (point: Point) => Point
  height: number
}

/** The bounds of a line with room around it, degrees. */
export function around(line: Point[], room: number): [number, number, number, number] {
  const [lons, lats] = [line.map(([lon]) => lon), line.map(([, lat]) => lat)]
  return [Math.min(...lons) - room, Math.min(...lats) - room, Math.max(...lons) + room, Math.max(...lats) + room]
}

/** Fits bounds (west, south, east, north) into a box of a width, north up, true to scale. */
export function frame([west, south, east, north]: [number, number, number, number], width: number): Frame {
  const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180)
  const scale = width / ((east - west) * shrink)
  return {
    to: ([lon, lat]) => [(lon - west) * shrink * scale, (north - lat) * scale],
    from: ([x, y]) => [west + x / (shrink * scale), north - y / scale],
    height: (north - south) * scale,
  }
}
