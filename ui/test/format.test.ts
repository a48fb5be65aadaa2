import { describe, expect, it } from 'vitest'
import { ago, clock, count, day, distance, duration, interval, km, offset, probability, speed, stamp } from '../src/lib/format'

const NIGHT = Date.UTC(2016, 0, 20, 18, 12, 5) / 1000

describe('figures as people read them', () => {
  it('gives intervals in one unit with both ends', () => {
    expect(interval([840, 1320])).toBe('14 to 22 min')
    expect(interval([40, 80])).toBe('40 to 80 s')
    expect(interval([7200, 10800])).toBe('2 to 3 h')
  })

  it('gives one figure where both ends round alike', () => {
    expect(interval([838, 851])).toBe('14 min')
    expect(interval([-60, 30])).toBe('0 to 30 s')
  })

  it('gives lengths of time in their own unit', () => {
    expect(duration(45)).toBe('45 s')
    expect(duration(90)).toBe('2 min')
    expect(duration(99 * 60)).toBe('99 min')
    expect(duration(3 * 3600)).toBe('3 h')
    expect(duration(3 * 86400)).toBe('3 d')
    expect(ago(0.4)).toBe('now')
    expect(ago(12)).toBe('12 s ago')
  })

  it('counts outwards, never fewer than one', () => {
    expect(count([5.6, 7, 8.2])).toBe('5 to 9')
    expect(count([0.2, 1, 1])).toBe('1')
  })

  it('gives distances a person can picture', () => {
    expect(distance(42)).toBe('42 m')
    expect(distance(-853)).toBe('850 m')
    expect(distance(1400)).toBe('1.4 km')
    expect(distance(23400)).toBe('23 km')
  })

  it('never claims certainty', () => {
    expect(probability(0.714)).toBe('0.71')
    expect(probability(0.9999)).toBe('> 0.99')
    expect(probability(0)).toBe('< 0.01')
    expect(probability(Number.NaN)).toBe('–')
  })

  it('names km and speed', () => {
    expect(km(41.2345)).toBe('km 41.2')
    expect(speed(1.2)).toBe('4 km/h')
  })
})

describe("times in the sector's own clock", () => {
  it('follows the history of the zone: Türkiye was two hours ahead in 2016, three since', () => {
    expect(clock(NIGHT, 'Europe/Istanbul')).toBe('20:12')
    expect(offset(NIGHT, 'Europe/Istanbul')).toBe('+02')
    const now = Date.UTC(2026, 0, 20, 18, 12) / 1000
    expect(clock(now, 'Europe/Istanbul')).toBe('21:12')
    expect(offset(now, 'Europe/Istanbul')).toBe('+03')
  })

  it('keeps half hours and UTC', () => {
    expect(offset(NIGHT, 'Asia/Kolkata')).toBe('+05:30')
    expect(offset(NIGHT, 'UTC')).toBe('+00')
  })

  it('gives the UTC moment beside the local one', () => {
    expect(stamp(NIGHT, 'Europe/Istanbul')).toEqual({ local: 'Wed 20 Jan 20:12', utc: '2016-01-20T18:12:05Z' })
    expect(day(NIGHT, 'UTC')).toContain('20 Jan')
    expect(clock(NIGHT, 'UTC', true)).toBe('18:12:05')
  })
})
