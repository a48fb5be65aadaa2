import { describe, expect, it } from 'vitest'
import type { Track } from '../src/api/types'
import { forget, join, joinAll, MEMORY, remember, type Trails } from '../src/state/history'

const track = (km: number) => ({ km, existence: 0.9, label: 'person', case: null }) as Track

describe('what the strip remembers', () => {
  it('takes a sample every ten seconds at most', () => {
    const trails: Trails = new Map()
    for (let time = 0; time < 60; time += 1) remember(trails, { '1': track(time) }, time)
    expect(trails.get('1')!.samples.map(({ time }) => time)).toEqual([0, 10, 20, 30, 40, 50])
  })

  it('keeps a minute of what is older than an hour, nothing older than a day', () => {
    const trails: Trails = new Map()
    for (let time = 0; time < 7200; time += 10) remember(trails, { '1': track(1), '2': track(2) }, time)
    forget(trails, 7200)
    const old = trails.get('1')!.samples.filter(({ time }) => time < 3600)
    expect(old).toHaveLength(60)
    forget(trails, 7200 + MEMORY)
    expect(trails.size).toBe(0)
  })

  it('lets the watch speak for the time that it knows', () => {
    const trails: Trails = new Map()
    remember(trails, { '1': track(5) }, 100)
    remember(trails, { '1': track(6) }, 120)
    join(trails, '1', 'person', [
      { time: 40, km: 3, existence: 0.5 },
      { time: 110, km: 5.5, existence: 0.8 },
    ])
    expect(trails.get('1')!.samples.map(({ km }) => km)).toEqual([3, 5.5, 6])
  })

  it('begins with what the watch knows of everybody', () => {
    const trails: Trails = new Map()
    remember(trails, { '1': track(6) }, 120)
    const known = { time: [40, 110], km: [3, 5], existence: [0.5, 0.8] }
    joinAll(trails, { '1': known, '2': known }, (id) => (id === '2' ? 'vehicle' : 'unknown'))
    expect(trails.get('1')).toEqual({
      label: 'person',
      samples: [...trails.get('2')!.samples, { time: 120, km: 6, existence: 0.9 }],
    })
    expect(trails.get('2')!.label).toBe('vehicle')
  })
})
