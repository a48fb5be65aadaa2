import type { Case, Message, Sector, Sensor, Track, Unit } from '../src/api/types'
import * as store from '../src/state/store'

/** A straight border of 20 km that runs from east to west along 36.8 N. */
export const SECTOR = {
  name: 'line',
  title: 'A line',
  time_zone: 'Europe/Istanbul',
  home: 'Home',
  other: 'Beyond',
  home_side: 'right',
  length_km: 20,
  bounds: [37.7, 36.7, 38.1, 36.9],
  border: {
    type: 'LineString',
    coordinates: [
      [38, 36.8],
      [37.7756, 36.8],
    ],
  },
  km_marks: [0, 5, 10].map((km) => ({ km, lon: 38 - km * 0.01122, lat: 36.8 })),
  places: [
    { name: 'Town', lon: 37.9, lat: 36.85, country: 'TR', population: 20000 },
    { name: 'Hamlet', lon: 37.8, lat: 36.75, country: 'SY', population: 0 },
  ],
  crossings: [{ id: 'gate', name: 'Gate', lon: 37.9, lat: 36.8 }],
  notices: ['A line'],
  terrain: { modelled: true, source: 'test' },
} as Sector

/** A track with what a test says of it. */
export function track(more: Partial<Track> = {}): Track {
  return {
    lon: 37.9,
    lat: 36.79,
    speed: 1.2,
    course_deg: 0,
    existence: 0.9,
    status: 'confirmed',
    classes: { person: 0.2, group: 0.8 },
    label: 'group',
    count: [6, 7, 9],
    ellipse: [80, 40, 30],
    km: 8.9,
    offset_m: -1100,
    direction: 'toward_home',
    eta_s: [840, 1320],
    first: 0,
    last: 90,
    case: null,
    disposition: 'unknown',
    ...more,
  }
}

/** A case with what a test says of it. */
export function caseRow(more: Partial<Case> = {}): Case {
  return {
    kind: 'approach',
    priority: 'high',
    state: 'open',
    opened: 50,
    updated: 100,
    km: 8.9,
    lon: 37.9,
    lat: 36.79,
    title: 'Group of 6 to 9 on foot',
    sentence: '',
    tracks: [],
    asset: null,
    time_left_s: [840, 1320],
    owner: null,
    unit: null,
    units: [],
    shelved_until: null,
    hidden_by: null,
    with_people: true,
    evidence: {
      seen_by: [],
      could_have: [],
      could_not: [],
      classes: null,
      nuisance_here: null,
      similar: [],
      factors: [],
      arrivals: [],
      nobody_in_time: null,
    },
    actions: ['confirm', 'dismiss', 'dispatch', 'note', 'close'],
    history: [],
    ...more,
  }
}

/** A sensor on an asset in a state. */
export function sensor(asset: string, state: Sensor['state'], more: Partial<Sensor> = {}): Sensor {
  return { asset, family: 'radar', lon: 37.9, lat: 36.81, state, last: 90, reach_m: 5000, ...more }
}

/** A unit at a place. */
export function unit(lon: number, more: Partial<Unit> = {}): Unit {
  return { name: 'Patrol', lon, lat: 36.81, state: 'ready', kind: 'patrol', case: null, ...more }
}

/** Shows the page a sector and a picture. */
export function show(message: Partial<Message>): void {
  store.sector.value = SECTOR
  store.take({ type: 'snapshot', seq: 1, time: 100, mode: 'simulated', speed: 10, ...message })
}
