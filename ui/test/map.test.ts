import { describe, expect, it } from 'vitest'
import { measured, metresBetween, type Point } from '../src/lib/geo'
import * as data from '../src/map/data'
import type { Focus } from '../src/state/choice'
import { caseRow, SECTOR, sensor, track, unit } from './world'

const nothing: Focus = { case: null, tracks: new Set(), km: null, sensors: new Set(), unit: null }
const line = measured(SECTOR.border.coordinates as Point[], 20)
const properties = (found: GeoJSON.FeatureCollection) => found.features.map((feature) => feature.properties)

describe('what stands still on the map', () => {
  it('shows each tenth km first and bigger places before smaller ones', () => {
    expect(properties(data.kmMarks(SECTOR)).map((mark) => mark!.from)).toEqual([0, 10.2, 0])
    const [town, hamlet] = properties(data.places(SECTOR))
    expect(town!.from).toBeLessThan(hamlet!.from)
  })

  it('names the two sides on their own sides of the line', () => {
    const sides = data.sideLabels(line, 'right').features
    expect(sides).toHaveLength(4)
    for (const { geometry, properties } of sides) {
      const [, lat] = (geometry as GeoJSON.Point).coordinates
      expect(lat! > 36.8).toBe(properties!.home)
      expect(Math.abs(properties!.turn)).toBeLessThanOrEqual(90)
    }
    const other = data.sideLabels(line, 'left').features[0]!
    expect((other.geometry as GeoJSON.Point).coordinates[1]).toBeLessThan(36.8)
  })

  it('gives an asset the worst state of what it carries', () => {
    const states = data.assetStates({
      a: sensor('tower-1', 'up'),
      b: sensor('tower-1', 'silent'),
      c: sensor('tower-2', 'degraded'),
    })
    expect(Object.fromEntries(states)).toEqual({ 'tower-1': 'silent', 'tower-2': 'degraded' })
  })

  it('draws what stands, not what moves', () => {
    const standing = data.collect(
      ['tower-1', 'patrol-1'].map((id) => ({
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [37.9, 36.8] },
        properties: { id, family: id.split('-')[0], name: id },
      })),
    )
    const shown = data.assets(standing, { 'tower-1/radar': sensor('tower-1', 'down') }, { 'patrol-1': unit(37.9) }, nothing)
    expect(properties(shown)).toEqual([
      { id: 'tower-1', family: 'tower', name: 'tower-1', state: 'down', image: 'asset-tower-down', chosen: false },
    ])
  })

  it('draws the reach of the chosen sensors only', () => {
    const sensors = { a: sensor('tower-1', 'up'), b: sensor('tower-2', 'up', { reach_m: null }) }
    expect(data.reaches(sensors, null, ['a', 'b', 'gone']).features).toHaveLength(1)
  })

  it('joins blind km to stretches of the line', () => {
    const strip = { km: [0, 1, 2, 3], detect: {}, blind: [false, true, true, false], why: [] }
    const [stretch] = data.blindLines(line, strip).features
    const ends = (stretch!.geometry as GeoJSON.LineString).coordinates as Point[]
    expect(Math.hypot(...metresBetween(ends[0]!, ends.at(-1)!))).toBeCloseTo(2000, -2)
  })
})

describe('what moves on the map', () => {
  const tracks = {
    '1': track(),
    '2': track({ case: 'case-1', label: 'vehicle', disposition: 'suspect' }),
    '3': track({ speed: 0 }),
  }
  const held = caseRow({ priority: 'rescue', tracks: [2] })
  const owners = new Map([['2', held]])

  it('sets the unknown frame unless a person said suspect, and fills those in a case', () => {
    const [free, inCase] = properties(data.trackPoints(tracks, owners, nothing))
    expect(free!.image).toBe('track-group-unknown-free')
    expect(inCase).toMatchObject({ image: 'track-vehicle-suspect-case', rescue: true, weight: 2 })
  })

  it('points ten minutes ahead of what moves', () => {
    const ahead = data.leaders(tracks, owners).features
    expect(ahead).toHaveLength(2)
    const [from, to] = (ahead[0]!.geometry as GeoJSON.LineString).coordinates as [Point, Point]
    expect(metresBetween(from, to)[1]).toBeCloseTo(720, 0)
  })

  it('shows how unsure it is of what matters only', () => {
    expect(properties(data.ellipses(tracks, owners, nothing)).map((one) => one!.id)).toEqual(['2'])
    expect(data.ellipses(tracks, owners, { ...nothing, tracks: new Set(['1']) }).features).toHaveLength(2)
  })

  it('rings a case where its track is, else where it was', () => {
    const rows = [
      { id: 'case-1', ...held },
      { id: 'case-2', ...caseRow({ tracks: [99], lon: 37.8 }) },
      { id: 'case-3', ...caseRow({ lon: null, lat: null }) },
    ]
    const pins = data.casePins(rows, tracks, nothing).features
    expect(pins.map((pin) => pin.properties!.id)).toEqual(['case-1', 'case-2'])
    expect((pins[1]!.geometry as GeoJSON.Point).coordinates[0]).toBe(37.8)
  })

  it('draws own units by kind and by whether they are free', () => {
    const shown = properties(data.unitPoints({ a: unit(37.9), b: unit(37.8, { kind: 'drone', state: 'tasked' }) }, nothing))
    expect(shown.map((one) => one!.image)).toEqual(['unit-patrol-ready', 'unit-drone-busy'])
  })

  it('draws the way a track came once there are two points', () => {
    expect(data.historyLine([{ lon: 1, lat: 2 }]).features).toEqual([])
    expect(
      data.historyLine([
        { lon: 1, lat: 2 },
        { lon: 1, lat: 3 },
      ]).features,
    ).toHaveLength(1)
  })
})
