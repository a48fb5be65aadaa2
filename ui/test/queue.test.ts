import { describe, expect, it } from 'vitest'
import type { Case } from '../src/api/types'
import { casesByTrack, leftAt, queueOf, step } from '../src/state/queue'

const row = (more: Partial<Case>): Case =>
  ({ state: 'open', priority: 'medium', opened: 0, time_left_s: null, updated: 0, tracks: [], ...more }) as Case

describe('the queue', () => {
  it('puts those who need help on top, then the least time left, not the priority', () => {
    const { waiting } = queueOf({
      slow: row({ priority: 'high', time_left_s: [1500, 2400] }),
      silent: row({}),
      soon: row({ priority: 'low', time_left_s: [300, 420] }),
      help: row({ priority: 'rescue', opened: 99 }),
    })
    expect(waiting.map(({ id }) => id)).toEqual(['help', 'soon', 'slow', 'silent'])
  })

  it('orders what has no clock by priority, then by age', () => {
    const { waiting } = queueOf({
      young: row({ opened: 5 }),
      old: row({ opened: 1 }),
      weighty: row({ priority: 'high', opened: 9 }),
    })
    expect(waiting.map(({ id }) => id)).toEqual(['weighty', 'old', 'young'])
  })

  it('holds only what needs an act and counts the rest', () => {
    const found = queueOf({
      a: row({ state: 'confirmed' }),
      b: row({ state: 'tasked' }),
      c: row({ state: 'shelved' }),
      d: row({ state: 'dismissed' }),
      e: row({ state: 'closed' }),
    })
    expect(found.waiting.map(({ id }) => id)).toEqual(['a'])
    expect(found.underway.map(({ id }) => id)).toEqual(['b'])
    expect([found.shelved, found.dismissed]).toEqual([1, 1])
  })

  it('is walked from end to end', () => {
    const ids = ['a', 'b', 'c']
    expect(step(ids, null, 1)).toBe('a')
    expect(step(ids, null, -1)).toBe('c')
    expect(step(ids, 'a', 1)).toBe('b')
    expect(step(ids, 'c', 1)).toBe('c')
    expect(step(ids, 'gone', 1)).toBe('a')
    expect(step([], null, 1)).toBeNull()
  })
})

describe('the time left', () => {
  it('runs down from when it was said', () => {
    const case_ = row({ updated: 100, time_left_s: [840, 1320] })
    expect(leftAt(case_, 160)).toEqual([780, 1260])
    expect(leftAt(case_, 90)).toEqual([840, 1320])
    expect(leftAt(row({}), 100)).toBeNull()
  })

  it('counts in the order too: what was said earlier is nearer', () => {
    const { waiting } = queueOf({
      later: row({ updated: 500, time_left_s: [300, 400] }),
      sooner: row({ updated: 0, time_left_s: [700, 900] }),
    })
    expect(waiting.map(({ id }) => id)).toEqual(['sooner', 'later'])
  })
})

describe('the case of a track', () => {
  it('is the most urgent one that is still at hand', () => {
    const found = casesByTrack({
      approach: row({ tracks: [7, 8], time_left_s: [60, 90] }),
      help: row({ tracks: ['7'], priority: 'rescue' }),
      done: row({ tracks: [9], state: 'closed', priority: 'rescue' }),
    })
    expect(found.get('7')!.id).toBe('help')
    expect(found.get('8')!.id).toBe('approach')
    expect(found.has('9')).toBe(false)
  })
})
