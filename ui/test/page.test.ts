import { describe, expect, it } from 'vitest'
import type { Row } from '../src/state/queue'

describe('small decisions of the panels', () => {
  it('waits longer each time, within bounds and with jitter', async () => {
    const { backoff } = await import('../src/state/live')
    expect(backoff(0, 0.5)).toBe(1000)
    expect(backoff(3, 0.5)).toBe(8000)
    expect(backoff(30, 1)).toBeLessThanOrEqual(18750)
    expect(backoff(0, 0)).toBeLessThan(backoff(0, 1))
  })

  it('cuts blind stretches where the reason changes', async () => {
    const { blindStretches } = await import('../src/panels/stretch')
    expect(blindStretches([true, true, false, true], ['a', 'b', null, 'b'])).toEqual([
      { from: 0, to: 1, why: 'a' },
      { from: 1, to: 2, why: 'b' },
      { from: 3, to: 4, why: 'b' },
    ])
  })

  it('gathers sensors that are out by what they stand on', async () => {
    const { outages } = await import('../src/panels/stretch')
    const sensor = (asset: string, state: string) => ({ asset, state }) as never
    const found = outages({
      'a/radar': sensor('a', 'silent'),
      'a/day': sensor('a', 'silent'),
      'b/radar': sensor('b', 'up'),
      'a/x': sensor('a', 'down'),
    })
    expect(found).toEqual([
      { asset: 'a', state: 'silent', ids: ['a/radar', 'a/day'] },
      { asset: 'a', state: 'down', ids: ['a/x'] },
    ])
  })

  it('finds cases by words, km and person', async () => {
    const { matches } = await import('../src/screens/cases')
    const row = { id: 'case-000002', title: 'Group of 6 to 9', sentence: 'walking north', owner: 'ayse', km: 40.9 } as Row
    expect(matches(row, '')).toBe(true)
    expect(matches(row, 'group 40.9')).toBe(true)
    expect(matches(row, 'AYSE')).toBe(true)
    expect(matches(row, 'vehicle')).toBe(false)
  })

  it('asks for a password that is long enough and written twice alike', async () => {
    const { passwordFault } = await import('../src/screens/login')
    expect(passwordFault('short', 'short')).toContain('12')
    expect(passwordFault('a long enough one', 'a long enough two')).not.toBe('')
    expect(passwordFault('a long enough one', 'a long enough one')).toBe('')
  })

  it('writes the detail of an audit entry in words', async () => {
    const { detailWords } = await import('../src/screens/audit')
    expect(detailWords({ reason: 'animal', unit: null, journal: 7 })).toBe('reason animal; journal 7')
    expect(detailWords({ time: 0 })).toContain('1 Jan')
  })
})
