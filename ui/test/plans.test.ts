import { describe, expect, it } from 'vitest'
import type { PlanCase, PlanFacts } from '../src/api/types'
import { around, compared, frame, steps, worstByKm } from '../src/lib/plans'

const one = (mode: string, aerostats: 'up' | 'down', km: (number | null)[]): PlanCase => {
  const known = km.filter((p) => p !== null)
  return {
    mode,
    direction: 'in',
    weather: 'clear',
    aerostats,
    km,
    mean: known.reduce((a, b) => a + b, 0) / known.length,
    worst: Math.min(...known),
    worst_km: 0,
  }
}

const PLAN: PlanFacts = {
  name: 'first',
  local_time: '',
  request: { kept: [] },
  p_interdict: { least: 0.2, mean: 0.5 },
  bound: { p_interdict: 0.9, gap: 0.7 },
  on_usual_cells: {
    before: [one('foot', 'up', [0, 0])],
    plan: [one('foot', 'up', [0.8, 0.6]), one('foot', 'down', [0.4, null])],
    bundled: [one('foot', 'up', [0.5, 0.1])],
  },
  spent: { capital: 2e6, yearly: 1e6 },
  worst_ways: [],
  people_moved: null,
}

describe('plans side by side', () => {
  it('shows a plan and what it was compared with, and nothing where nothing stood', () => {
    expect(compared([PLAN]).map(({ name, least, bound }) => [name, least, bound])).toEqual([
      ['first', 0.4, 0.9],
      ['first: bundled', 0.1, null],
    ])
    const kept = { ...PLAN, request: { kept: ['tower-1'] } }
    expect(compared([kept]).map(({ name }) => name)).toContain('first: before')
  })

  it('takes the least of all cases of a way for each km', () => {
    expect(worstByKm(PLAN.on_usual_cells.plan!, 'foot in')).toEqual([0.4, 0.6])
    expect(worstByKm(PLAN.on_usual_cells.plan!, 'drone in')).toEqual([])
  })

  it('draws steps with gaps where nothing is known', () => {
    expect(steps([1, 0.5, null, 0], 40, 10)).toBe('M0.0 0.0L10.0 0.0L10.0 5.0L20.0 5.0M30.0 10.0L40.0 10.0')
  })

  it('goes from degrees to the drawing and back', () => {
    expect(
      around(
        [
          [37.1, 36.6],
          [37.9, 36.9],
        ],
        0.1,
      ).map((v) => +v.toFixed(6)),
    ).toEqual([37, 36.5, 38, 37])
    const drawn = frame([37, 36.5, 38, 37], 1000)
    const [x, y] = drawn.to([37.4, 36.8])
    expect(drawn.from([x, y])[0]).toBeCloseTo(37.4, 9)
    expect(drawn.from([x, y])[1]).toBeCloseTo(36.8, 9)
    expect(drawn.height / 1000).toBeCloseTo(0.5 / Math.cos((36.75 * Math.PI) / 180), 6)
  })
})
