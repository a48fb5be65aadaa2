import { beforeEach, describe, expect, it, vi } from 'vitest'
import { likeliest, sensorName, trackSentence } from '../src/lib/names'
import { badges } from '../src/panels/header'
import { choice, choose, focus } from '../src/state/choice'
import { chosenCase, draft, goers, key, sending } from '../src/state/doing'
import { watchKey } from '../src/state/keyboard'
import { settings } from '../src/state/settings'
import { me, queue } from '../src/state/store'
import { stripPicture } from '../src/strip/picture'
import { caseRow, sensor, show, track, unit } from './world'

const zoom = vi.fn()
const press = (...keys: string[]) => keys.map((name) => watchKey(name, zoom))

beforeEach(() => {
  vi.stubGlobal(
    'fetch',
    vi.fn(() => new Promise(() => undefined)),
  )
  sending.value = false
  draft.value = null
  me.value = { name: 'ayse', role: 'operator', must_change_password: false }
  show({
    tracks: { '7': track({ case: 'case-1' }), '8': track({ km: 3 }) },
    cases: {
      'case-1': caseRow({ tracks: [7] }),
      'case-2': caseRow({ kind: 'silence', time_left_s: null, asset: 'tower-1', km: 4, with_people: false }),
    },
    sensors: { 'tower-1/radar': sensor('tower-1', 'silent') },
    units: { near: unit(37.9), far: unit(37.8), busy: unit(37.9, { state: 'tasked', case: 'case-1' }) },
    strip: { km: [0, 1], detect: { person: [0.4, 0.9] }, blind: [true, false], why: ['fog', null] },
  })
  choose(null)
})

describe('one choice for map, strip and queue', () => {
  it('takes a track for its case, which is what can be acted on', () => {
    choose({ kind: 'track', id: '7' })
    expect(choice.value).toEqual({ kind: 'case', id: 'case-1' })
    expect([...focus.value.tracks]).toEqual(['7'])
    expect(stripPicture.value.tracks.find(({ id }) => id === '7')).toMatchObject({
      chosen: true,
      weight: 'case',
      homeward: true,
    })
    expect(stripPicture.value.chosenKm).toBe(8.9)
  })

  it('lights up the sensors of a case about an asset', () => {
    choose({ kind: 'case', id: 'case-2' })
    expect([...focus.value.sensors]).toEqual(['tower-1/radar'])
  })

  it('does not offer the acts of a case when a unit is chosen', () => {
    choose({ kind: 'unit', id: 'busy' })
    expect(focus.value.case).toBe('case-1')
    expect(chosenCase.value).toBeNull()
  })

  it('is let go with Esc and walked with the arrows', () => {
    press('ArrowDown')
    expect(choice.value).toEqual({ kind: 'case', id: queue.value.waiting[0]!.id })
    press('ArrowDown', 'ArrowDown')
    expect(choice.value).toEqual({ kind: 'case', id: 'case-2' })
    press('Escape')
    expect(choice.value).toBeNull()
  })
})

describe('acts by key', () => {
  it('sends a confirmation with the header that keeps other pages out', () => {
    choose({ kind: 'case', id: 'case-1' })
    press('c')
    expect(draft.value).toEqual({ verb: 'confirm' })
    expect(fetch).not.toHaveBeenCalled()
    press('Enter')
    const [path, sent] = vi.mocked(fetch).mock.calls[0]!
    expect(path).toBe('/api/cases/case-1/acts')
    expect(sent).toMatchObject({ method: 'POST', body: '{"verb":"confirm"}', headers: { 'X-Limes': '1' } })
  })

  it('does not take the next keys for anything while one act is being written', () => {
    choose({ kind: 'case', id: 'case-1' })
    press('c', 'Enter')
    const before = settings.value.window
    expect(press('t', 'd')).toEqual([false, false])
    expect([settings.value.window, draft.value]).toEqual([before, null])
  })

  it('offers units by distance where nobody reckoned times, by time where somebody did', () => {
    choose({ kind: 'case', id: 'case-2' })
    expect(goers.value.map(({ id }) => id)).toEqual(['near', 'far'])
    const arrivals = [{ unit: 'far', name: 'Far', eta_s: [60, 90] as [number, number], why_not: null, in_time: 'yes' as const }]
    const row = caseRow({ tracks: [7] })
    show({
      cases: { 'case-1': { ...row, evidence: { ...row.evidence, arrivals, nobody_in_time: false } } },
      units: { near: unit(37.9) },
    })
    choose({ kind: 'case', id: 'case-1' })
    expect(goers.value.map(({ id }) => id)).toEqual(['far'])
  })

  it('lets a viewer look only', () => {
    me.value = { name: 'ali', role: 'viewer', must_change_password: false }
    choose({ kind: 'case', id: 'case-1' })
    expect(key('c')).toBe(false)
  })
})

describe('views by key', () => {
  it('turns the strip and calls the map', () => {
    press('t')
    expect(settings.value.window).toBe(360)
    press('t', 't', 'z')
    expect(settings.value.window).toBe(30)
    expect(zoom).toHaveBeenCalledOnce()
  })
})

describe('words', () => {
  it('says of a track without a case what it is, where, and when', () => {
    expect(trackSentence(track())).toBe(
      'Group, 6 to 9, 1.1 km on the Beyond side of km 8.9, 4 km/h, towards Home, at the line in 14 to 22 min.',
    )
    expect(likeliest({ animal: 0.3, person: 0.7 })).toBe('person')
    expect(sensorName('tower-1/thermal')).toBe('Tower 1 thermal camera')
  })

  it('keeps the badges that must not be overlooked', () => {
    show({ load: { per_hour: 14, last_10_min: 3, limit: 12 }, badges: [{ id: 'aerostat-down', text: 'DOWN: AEROSTAT 1' }] })
    expect(badges().map(({ text }) => text)).toEqual([
      'SIMULATED ×10',
      'DOWN: AEROSTAT 1',
      'MODELLED TERRAIN',
      'LOAD OVER 12/h',
    ])
  })

  it('says when the watch stands still or lags', () => {
    const health = { journal_lag_s: 90, ingest_per_s: 0, refused: 0, quarantined: 0, late: 0, failure: 'disk full' }
    show({ mode: 'replay', speed: 1.5, health })
    expect(badges().map(({ text }) => text)).toEqual([
      'WATCH STOPPED: disk full',
      'WATCH 2 min BEHIND',
      'REPLAY ×1.5',
      'MODELLED TERRAIN',
    ])
  })
})
