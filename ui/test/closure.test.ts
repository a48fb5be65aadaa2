import { beforeEach, describe, expect, it } from 'vitest'
import type { ClosureAnswer } from '../src/api/types'
import { weakWays } from '../src/map/data'
import { closure, showMode, shownWay, stopping } from '../src/state/closure'
import { watchKey } from '../src/state/keyboard'
import { set } from '../src/state/settings'

const row = (mode: string, direction: 'in' | 'out', p: number) => ({
  mode,
  direction,
  km: [p, null],
  mean: p,
  worst: p,
  worst_km: 0,
})

const ANSWER: ClosureAnswer = {
  time: 0,
  crews: { deployed: 4, available: 3 },
  closure: [row('drone', 'in', 0.1), row('foot', 'in', 0.9), row('foot', 'out', 0.7), row('tunnel', 'in', 0.5)],
  worst_ways: [
    {
      place: 'km 1',
      km: 1,
      p: 0.774,
      p_detect: 0.9,
      why: 'w',
      line: [
        [38, 36.8],
        [38, 36.9],
      ],
    },
    { place: 'km 2', km: 2, p: 0.8, p_detect: 0.9, why: 'w', line: [[38, 36.8]] },
  ],
}

describe('closure on the strip', () => {
  beforeEach(() => {
    closure.value = ANSWER
    set({ band: 'detect', way: 'foot in' })
  })

  it('shows the way that was set, else the first there is', () => {
    expect(shownWay.value?.km).toEqual([0.9, null])
    set({ way: 'boat in' })
    expect(shownWay.value?.mode).toBe('drone')
    closure.value = null
    expect(shownWay.value).toBeNull()
  })

  it('keeps the direction where the other mode has it', () => {
    set({ way: 'foot out' })
    showMode('tunnel')
    expect(shownWay.value).toMatchObject({ mode: 'tunnel', direction: 'in' })
    showMode('boat')
    expect(shownWay.value?.mode).toBe('tunnel')
    showMode('foot')
    expect(shownWay.value).toMatchObject({ mode: 'foot', direction: 'in' })
  })

  it('is turned on and off by its key', () => {
    expect(watchKey('b', () => undefined)).toBe(true)
    expect(stopping.value).toBe(true)
    watchKey('B', () => undefined)
    expect(stopping.value).toBe(false)
  })

  it('draws the weakest ways that can be drawn, each with its figure', () => {
    const { features } = weakWays(ANSWER.worst_ways)
    expect(features.map(({ properties }) => properties)).toEqual([{ text: '0.77', km: 1 }])
  })
})
