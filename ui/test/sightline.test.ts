import { describe, expect, it } from 'vitest'
import type { Sight, SightLine } from '../src/api/types'
import { drawn } from '../src/lib/sightline'
import { droneWords, lineWords, lookWords } from '../src/panels/place'

const hidden: SightLine = {
  distance_m: [0, 500, 1000, 2000],
  ground_m: [100, 140, null, 110],
  eye_m: 120,
  end_m: 112,
  blocked: { distance_m: 500, lon: 37, lat: 36, over_m: 22 },
}

describe('the drawing of a line of sight', () => {
  it('puts the sensor left, the place right and higher ground higher', () => {
    const { eye, top, foot, low, high } = drawn(hidden, 200, 80)
    expect([low, high]).toEqual([100, 140])
    expect(eye).toEqual({ x: 0, y: 40 })
    expect(top).toEqual({ x: 200, y: 56 })
    expect(foot).toEqual({ x: 200, y: 60 })
  })

  it('stops on the line where ground first stands in the way', () => {
    expect(drawn(hidden, 200, 80).stop).toEqual({ x: 50, y: 44 })
    expect(drawn({ ...hidden, blocked: null }, 200, 80).stop).toBeNull()
  })

  it('leaves voids open', () => {
    expect(drawn(hidden, 200, 80).ground).toEqual(['M0,80 0,80 50,0 50,80Z', 'M200,80 200,60 200,80Z'])
  })

  it('draws a line to the very place where the sensor stands', () => {
    const here = drawn({ distance_m: [0], ground_m: [5], eye_m: 5, end_m: 5, blocked: null }, 200, 80)
    expect(here.ground.join() + JSON.stringify(here.top)).not.toMatch(/NaN|Infinity/)
  })
})

describe('what a look is called', () => {
  const row = { sensor: 'a/radar', can_see: true, p: 0.8, min_visible_height_m: 0, why: 'sees', line: hidden } as Sight

  it('says how surely, from which height, or why not', () => {
    expect(lookWords(row)).toBe('sees it, 0.80 per look')
    expect(lookWords({ ...row, p: 0.2, why: 'poorly' })).toContain('(poorly, in this light and weather)')
    expect(lookWords({ ...row, can_see: false, p: 0, why: 'hidden', min_visible_height_m: 12.34 })).toBe(
      'sees it from 12.3 m above ground (terrain in the way)',
    )
  })

  it('never lets a sensor that does not work see anything', () => {
    expect(lookWords({ ...row, p: 0, why: 'off', min_visible_height_m: 0.4 })).toBe('does not see it (not working)')
  })

  it('says how soon a drone would tell, or why it cannot come', () => {
    const drone = { unit: 'd', name: 'Drone 1', eta_s: null, why_not: 'wind' }
    expect(droneWords(drone)).toBe('Drone 1 cannot come: wind')
    expect(droneWords({ ...drone, eta_s: [200, 260], why_not: null, p_recognise: 0.97 })).toBe(
      'Drone 1: over it in 3 to 4 min, tells what is there with 0.97',
    )
  })

  it('names the first ground in the way', () => {
    expect(lineWords(hidden)).toBe(
      'Ground first stands in the way 500 m from the sensor; at most it rises 22.0 m above the line.',
    )
    expect(lineWords({ ...hidden, blocked: null })).toBe('Nothing stands in the way.')
  })
})
