/** The shapes that the watch's HTTP API and live socket speak. Times are UTC epoch seconds, lengths metres. */

export type TargetClass = 'person' | 'group' | 'vehicle' | 'animal' | 'drone' | 'clutter' | 'unknown'
export type Role = 'viewer' | 'operator' | 'supervisor'
export type Verb = 'confirm' | 'dismiss' | 'dispatch' | 'rescue' | 'shelve' | 'note' | 'close' | 'reopen'
export type CaseState = 'open' | 'confirmed' | 'tasked' | 'shelved' | 'dismissed' | 'closed'
export type Priority = 'rescue' | 'high' | 'medium' | 'low'
export type SensorState = 'up' | 'degraded' | 'recovering' | 'down' | 'silent' | 'grounded'
export type UnitState = 'ready' | 'tasked' | 'on_scene' | 'away'
export type Direction = 'toward_home' | 'toward_other' | 'along' | 'still'
export type Interval = [number, number]
export type Classes = Partial<Record<TargetClass, number>>

export interface Me {
  name: string
  role: Role
  must_change_password: boolean
}

export interface Place {
  name: string
  lon: number
  lat: number
  country: string
  population: number
}

export interface Sector {
  name: string
  title: string
  time_zone: string
  home: string
  other: string
  home_side?: 'left' | 'right'
  length_km: number
  bounds: [number, number, number, number]
  border: GeoJSON.LineString
  km_marks: { km: number; lon: number; lat: number }[]
  places: Place[]
  crossings: { id: string; name: string; lon: number; lat: number }[]
  water?: [number, number][][]
  notices: string[]
  terrain: { modelled: boolean; source: string }
}

export interface Track {
  lon: number
  lat: number
  speed: number
  course_deg: number
  existence: number
  status: string
  classes: Classes
  label: TargetClass
  count: [number, number, number]
  /** Half axes in metres and the angle of the first one, degrees clockwise from true north. */
  ellipse: [number, number, number]
  km: number
  offset_m: number
  direction: Direction
  eta_s: Interval | null
  first: number
  last: number
  case: string | null
  disposition: 'unknown' | 'suspect'
}

export interface Sensor {
  asset: string
  family: string
  lon: number
  lat: number
  state: SensorState
  last: number | null
  reach_m: number | null
  detail?: string
}

export interface Unit {
  name: string
  lon: number
  lat: number
  state: UnitState
  kind: string
  case: string | null
  reach_km?: Interval | null
}

export interface SensorWhy {
  sensor: string
  why: string
}

export interface Evidence {
  seen_by: { sensor: string; hits: number; last: number }[]
  could_have: SensorWhy[]
  could_not: SensorWhy[]
  classes: Classes
  nuisance_here: string | number | null
  similar: { case: string; time: number; title: string; outcome: string | null; km: number | null }[]
}

export interface Entry {
  time: number
  user: string
  verb: string
  detail: string
}

export interface Case {
  kind: string
  priority: Priority
  state: CaseState
  opened: number
  updated: number
  km: number | null
  lon: number | null
  lat: number | null
  title: string
  sentence: string
  tracks: (string | number)[]
  asset: string | null
  time_left_s: Interval | null
  owner: string | null
  unit: string | null
  /** When a shelved case comes back. */
  until?: number | null
  evidence: Evidence
  actions: Verb[]
  history: Entry[]
}

export interface Strip {
  km: number[]
  detect: Partial<Record<TargetClass, number[]>>
  closure?: Record<string, number[]>
  blind: boolean[]
  why: (string | null)[]
}

export interface Badge {
  id: string
  text: string
}

export interface Weather {
  wind_mps: number
  wind_from_deg: number
  gust_mps: number
  wind_aloft_mps: number
  visibility_m: number
  cloud: number
  rain_mm_h: number
  temperature_c: number
  humidity: number
}

export interface Load {
  per_hour: number
  last_10_min: number
  limit: number
}

export interface Health {
  journal_lag_s: number
  ingest_per_s: number
  refused: number
  quarantined: number
  late: number
}

/** What a snapshot holds whole and a delta holds in part. */
export interface Picture {
  seq: number
  time: number
  wall: number
  mode: 'simulated' | 'live' | 'replay'
  speed: number
  badges: Badge[]
  weather: Weather | null
  load: Load | null
  health: Health | null
  sensors: Record<string, Sensor>
  units: Record<string, Unit>
  tracks: Record<string, Track>
  cases: Record<string, Case>
  strip: Strip | null
}

export type Message = Partial<Picture> & {
  type: 'snapshot' | 'delta'
  seq: number
  gone?: Partial<Record<'tracks' | 'cases' | 'sensors' | 'units', (string | number)[]>>
}

export interface Act {
  verb: Verb
  reason?: string
  unit?: string
  minutes?: number
  outcome?: string
  people?: string
  text?: string
}

export interface Sight {
  sensor: string
  can_see: boolean
  p: number
  min_visible_height_m: number | null
  reason: string | null
}

/** How soon a unit could be at a case, or why it cannot go. */
export interface Arrival {
  unit: string
  name: string
  eta: Interval | null
  why_not: string | null
  in_time: 'yes' | 'perhaps' | 'no' | null
}
