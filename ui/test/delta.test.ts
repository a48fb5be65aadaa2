import { describe, expect, it } from 'vitest'
import type { Case, Message, Sensor, Track } from '../src/api/types'
import { applyMessage, NOTHING } from '../src/state/delta'

const track = (km: number) => ({ km, existence: 0.9 }) as Track
const snapshot = {
  type: 'snapshot',
  seq: 4,
  time: 100,
  mode: 'simulated',
  speed: 10,
  tracks: { '1': track(10), '2': track(20) },
  sensors: { 'tower-1/radar': { state: 'up' } as Sensor },
  strip: { km: [0], detect: { person: [0.5] }, blind: [false], why: [null] },
} as Message

describe('the picture', () => {
  it('starts from a snapshot and forgets what was before', () => {
    const old = { ...NOTHING, seq: 90, cases: { 'case-1': {} as Case } }
    const picture = applyMessage(old, snapshot)
    expect(picture.seq).toBe(4)
    expect(picture.cases).toEqual({})
    expect(Object.keys(picture.tracks)).toEqual(['1', '2'])
  })

  it('changes what a delta names and keeps the rest as it is', () => {
    const before = applyMessage(NOTHING, snapshot)
    const after = applyMessage(before, { type: 'delta', seq: 5, time: 101, tracks: { '1': track(11) } })
    expect(after.time).toBe(101)
    expect(after.tracks['1']!.km).toBe(11)
    expect(after.tracks['2']).toBe(before.tracks['2'])
    expect(after.sensors).toBe(before.sensors)
    expect(after.strip).toBe(before.strip)
    expect(after.mode).toBe('simulated')
  })

  it('drops what is gone, by number or by text', () => {
    const before = applyMessage(NOTHING, snapshot)
    const after = applyMessage(before, { type: 'delta', seq: 5, gone: { tracks: [1], cases: ['case-9'] } })
    expect(Object.keys(after.tracks)).toEqual(['2'])
    expect(before.tracks['1']).toBeDefined()
  })

  it('ignores a delta that comes too late', () => {
    const before = applyMessage(NOTHING, snapshot)
    expect(applyMessage(before, { type: 'delta', seq: 3, time: 1 })).toBe(before)
  })

  it('merges the fields of a row and of the strip', () => {
    const before = applyMessage(NOTHING, snapshot)
    const after = applyMessage(before, {
      type: 'delta',
      seq: 5,
      tracks: { '1': { km: 12 } as Track },
      strip: { blind: [true] } as never,
    })
    expect(after.tracks['1']).toEqual({ km: 12, existence: 0.9 })
    expect(after.strip).toEqual({ km: [0], detect: { person: [0.5] }, blind: [true], why: [null] })
  })
})
