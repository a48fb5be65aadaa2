import { describe, expect, it } from 'vitest'
import { trailPoints, type StripTrack } from '../src/strip/draw'
import { ageOf, cell, frame, hit, kmOf, labelStep, xOf, yOf } from '../src/strip/geometry'
import { rgbOf } from '../src/strip/scale'

const plain = frame(1000, 200, 98, false, 1800)
const turned = frame(1000, 200, 98, true, 1800)

describe('the strip across', () => {
  it('puts km 0 at the left, or at the right when it lies as the map does', () => {
    expect(xOf(plain, 0)).toBe(plain.left)
    expect(xOf(turned, 98)).toBe(turned.left)
    expect(xOf(turned, 0)).toBe(1000 - turned.right)
  })

  it('finds the km under the pointer and stays on the stretch', () => {
    for (const f of [plain, turned]) {
      for (const km of [0, 12.5, 97.9]) expect(kmOf(f, xOf(f, km))).toBeCloseTo(km, 9)
    }
    expect(kmOf(plain, -50)).toBe(0)
    expect(kmOf(turned, -50)).toBe(98)
  })

  it('fills the band with cells, the last one cut at the end', () => {
    const short = frame(1000, 200, 97.5, true, 1800)
    const total = Array.from({ length: 98 }, (_, km) => cell(short, km).width).reduce((a, b) => a + b)
    expect(total).toBeCloseTo(1000 - short.left - short.right, 6)
  })

  it('labels as many km as have room', () => {
    expect(labelStep(plain)).toBe(5)
    expect(labelStep(frame(400, 200, 98, false, 1800))).toBe(20)
    expect(labelStep(frame(100, 200, 3000, false, 1800))).toBe(100)
  })
})

describe('the strip down', () => {
  it('runs from what comes, through now, to the end of the time shown', () => {
    expect(yOf(plain, 0)).toBe(plain.now)
    expect(yOf(plain, 1800)).toBe(plain.bottom)
    expect(yOf(plain, -1800)).toBe(plain.coming)
    expect(yOf(plain, -9999)).toBe(plain.coming)
    for (const age of [-900, 0, 600]) expect(ageOf(plain, yOf(plain, age))).toBeCloseTo(age, 9)
  })

  it('looks half an hour ahead whatever it looks back', () => {
    expect(frame(1000, 200, 98, false, 86400).ahead).toBe(1800)
  })

  it('keeps its rows in order in little and in much room', () => {
    for (const height of [120, 200, 420]) {
      const f = frame(900, height, 98, false, 1800)
      const rows = [f.band, f.patrols, f.axis, f.coming, f.now, f.bottom]
      expect([...rows].sort((a, b) => a - b)).toEqual(rows)
    }
  })
})

describe('tracks on the strip', () => {
  const track = {
    km: 41,
    live: true,
    samples: [
      { time: 0, km: 39, existence: 0.4 },
      { time: 900, km: 40, existence: 0.8 },
      { time: 1000, km: 41, existence: 0.9 },
    ],
  } as StripTrack

  it('run from now back to the end of the time shown', () => {
    const points = trailPoints(plain, track, 1900)
    expect(points.map(({ y }) => Math.round(y))).toEqual([plain.now, Math.round(yOf(plain, 900)), Math.round(yOf(plain, 1000))])
    expect(trailPoints(plain, { ...track, live: false }, 1900)).toHaveLength(2)
  })

  it('are found by a finger nearby and by no other', () => {
    const lines = [
      {
        id: 'a',
        points: [
          { x: 10, y: 0 },
          { x: 10, y: 100 },
        ],
      },
      { id: 'b', points: [{ x: 16, y: 50 }] },
    ]
    expect(hit(lines, 12, 50)).toBe('a')
    expect(hit(lines, 15, 50)).toBe('b')
    expect(hit(lines, 40, 50)).toBeNull()
  })
})

describe('the scale', () => {
  it('only darkens from weak to strong, so that it reads in grey', () => {
    const light = Array.from({ length: 101 }, (_, i) => {
      const [r, g, b] = rgbOf(i / 100)
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    })
    light.slice(1).forEach((value, i) => expect(value).toBeLessThanOrEqual(light[i]! + 1e-9))
    expect(rgbOf(-1)).toEqual(rgbOf(0))
    expect(rgbOf(2)).toEqual(rgbOf(1))
  })
})
