import { describe, expect, it } from 'vitest'
import {
  beside,
  between,
  distanceBetween,
  ellipse,
  locate,
  measured,
  metresBetween,
  moved,
  pointAt,
  reach,
  runs,
  towards,
  type Point,
} from '../src/lib/geo'

const WEST_GOING: Point[] = [
  [38.0, 36.8],
  [37.9, 36.8],
  [37.8, 36.75],
]

describe('the border and its chainage', () => {
  const line = measured(WEST_GOING, 20)

  it('ends at the length that the sector states', () => {
    expect(line.km[0]).toBe(0)
    expect(line.km.at(-1)).toBeCloseTo(20, 9)
  })

  it('gives the point of a km and the km of a point', () => {
    expect(pointAt(line, 0)).toEqual([38, 36.8])
    expect(pointAt(line, 99)).toEqual([37.8, 36.75])
    for (const km of [0, 3.3, 9.9, 14.2, 20]) expect(locate(line, pointAt(line, km)).km).toBeCloseTo(km, 2)
  })

  it('says how far off a place is', () => {
    const beyond = moved(pointAt(line, 5), 0, 1500)
    expect(locate(line, beyond).metres).toBeCloseTo(1500, -1)
    expect(locate(line, beyond).km).toBeCloseTo(5, 1)
  })

  it('cuts a stretch with the bends inside it', () => {
    const part = between(line, 5, 15)
    expect(part[0]).toEqual(pointAt(line, 5))
    expect(part).toHaveLength(3)
  })

  it('lies to the right of a run to the west when it lies north', () => {
    const { at, bearing } = beside(line, 0, 8, 2000)
    expect(at[1]).toBeGreaterThan(36.81)
    expect(bearing).toBeCloseTo(-90, 0)
  })
})

describe('shapes', () => {
  const centre: Point = [37.5, 36.7]

  it('measures in metres', () => {
    expect(distanceBetween(centre, moved(centre, 300, 400))).toBeCloseTo(500, 0)
    const [east, north] = metresBetween(centre, towards(centre, 90, 1000))
    expect(east).toBeCloseTo(1000, 0)
    expect(north).toBeCloseTo(0, 0)
  })

  it('turns an ellipse clockwise from north', () => {
    const ring = ellipse(centre, [200, 50, 90])
    const [east] = metresBetween(centre, ring[0]!)
    expect(east).toBeCloseTo(200, 0)
    expect(ring[0]![1]).toBeCloseTo(ring.at(-1)![1], 9)
  })

  it('draws a wedge for a sensor that looks one way, a circle for one that looks round', () => {
    expect(reach(centre, 1000, 0, 60)[0]).toEqual(centre)
    expect(reach(centre, 1000).every((point) => Math.abs(distanceBetween(centre, point) - 1000) < 2)).toBe(true)
  })

  it('joins neighbouring flags', () => {
    expect(runs([false, true, true, false, true])).toEqual([
      [1, 3],
      [4, 5],
    ])
    expect(runs([])).toEqual([])
  })
})
