/** The shapes that the watch's HTTP API and live socket speak. Times are UTC epoch seconds, lengths metres. */

export type TargetClass = 'person' | 'people' | 'group' | 'vehicle' | 'animal' | 'drone' | 'clutter' | 'unknown'
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

/** A sensor that saw it: how often, when last, and how many nuisance reports it gives in this weather. */
export interface Seen {
  sensor: string
  hits: number
  last: number
  nuisance_per_h?: number
}

export interface Evidence {
  seen_by: Seen[]
  could_have: SensorWhy[]
  could_not: SensorWhy[]
  classes: Classes | null
  nuisance_here: { count: number; hours: number; reasons: Record<string, number> } | null
  similar: { case: string; opened: number; km: number; outcome: string }[]
  /** What about its conduct called for a person. */
  factors: string[]
  /** What instruments of a checkpoint measured, the newest last. */
  readings?: Reading[]
  arrivals: Arrival[]
  nobody_in_time: boolean | null
}

/** What an instrument of a checkpoint measured and what was made of it. */
export interface Reading {
  id: string
  wall: number
  user: string
  source: string
  file: string
  sha256: string
  crossing?: string
  case: string | null
  kind: 'spectrum' | 'portal'
  method: string
  /** A case with a second method; a second method; another measurement; nothing. */
  level: 'act' | 'check' | 'again' | 'clear'
  verdict: string
  name: string
  reason: string
  step: string
  step_reason: string
  declared: string
  declared_answer: string
  declared_reason: string
  listed: { substance: string; cas: string; annex: string; cn: string; limit_percent: number | null }[]
  candidates: { material: string; family: string; score: number }[]
  curve?: Curve
}

/** Equal lists: what was measured over its match, and what the match leaves over. */
export interface Curve {
  x_unit: string
  y_unit: string
  x: number[]
  measured: number[]
  match?: number[]
  residual?: number[]
}

/** How inspections are spread over goods at a crossing point, and what that guarantees. */
export interface InspectionPlan {
  goods: string[]
  replies: { contraband: string; p_found: number; goods: string }[]
}

/** What one vehicle is tested with. */
export interface Drawn {
  goods: string
  tools: string[]
}

/** The newest readings, where they can have been taken, and how their cases can end. */
export interface Readings {
  readings: Reading[]
  crossings: { id: string; name: string }[]
  outcomes: string[]
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
  /** Seconds from `updated`. */
  time_left_s: Interval | null
  owner: string | null
  /** The unit sent last, and all of them. */
  unit: string | null
  units: string[]
  shelved_until: number | null
  /** The flood that holds it back, "pace" while it waits for room in the queue, null when it is shown. */
  hidden_by: string | null
  with_people: boolean
  evidence: Evidence
  actions: Verb[]
  history: Entry[]
}

export interface Strip {
  km: number[]
  detect: Partial<Record<TargetClass, number[]>>
  blind: boolean[]
  why: (string | null)[]
}

/** P(interdict) of one way of crossing per km; null where nobody can go that way. */
export interface ClosureRow {
  mode: string
  direction: 'in' | 'out'
  km: (number | null)[]
  mean: number | null
  worst: number | null
  worst_km: number | null
}

/** P(interdict) per km of one way of crossing in one weather, with aerostats up or down. */
export interface PlanCase extends ClosureRow {
  weather: string
  aerostats: 'up' | 'down'
}

/** A plan that lies in the watch's data folder; `on_usual_cells` by name of a deployment. */
export interface PlanFacts {
  name: string
  local_time: string
  request: { kept: string[] }
  p_interdict: { least: number; mean: number }
  bound: { p_interdict: number; gap: number }
  on_usual_cells: Record<string, PlanCase[]>
  spent: { capital: number; yearly: number }
  worst_ways: { place: string; why: string; p: number }[]
  people_moved: { said: string } | null
}

interface Tried {
  closure: ClosureRow[]
  coverage: { km: number[]; mean: number }
}

/** What would change if some things stood elsewhere. */
export interface TryAnswer {
  before: Tried
  after: Tried
  worst_ways: WeakWay[]
}

/** One of the weakest ways on foot towards home. */
export interface WeakWay {
  place: string
  km: number
  p: number
  p_detect: number
  why: string
  line: [number, number][]
}

/** What can get through as things stand. */
export interface ClosureAnswer {
  time: number
  crews: { deployed: number; available: number }
  closure: ClosureRow[]
  worst_ways: WeakWay[]
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
  night: boolean
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
  /** Why the watch has stopped working on what comes in; null while it works. */
  failure: string | null
}

/** What a snapshot holds whole and a delta holds in part. */
export interface Picture {
  seq: number
  /** The stream's clock; null before its first beat. */
  time: number | null
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
  /** Cases that a flood or the pace holds back. */
  hidden: Record<string, Case>
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

/** What a sensor makes of a place; `why` it does or does not see it is a word of the page. */
export interface Sight {
  sensor: string
  can_see: boolean
  p: number
  min_visible_height_m: number | null
  why: 'off' | 'grounded' | 'wind' | 'near' | 'sector' | 'beam' | 'hidden' | 'sees' | 'poorly' | 'far'
  line: SightLine | null
}

/** How soon a drone could be over a place, and how surely it would tell what is there; or why it cannot come. */
export interface Overflight {
  unit: string
  name: string
  eta_s: Interval | null
  why_not: string | null
  p_recognise?: number
}

/** Ground along a line of sight, as the sensor sees it (null over voids), and the ends of the straight line over it. */
export interface SightLine {
  distance_m: number[]
  ground_m: (number | null)[]
  eye_m: number
  end_m: number
  /** Where the line first meets the ground, and how far the ground rises above the line. */
  blocked: { distance_m: number; lon: number; lat: number; over_m: number } | null
}

/** What coverage is asked for: a local hour and conditions other than those of now, and where the aerostats are. */
export interface Asked {
  hour: number | null
  weather: '' | 'clear' | 'haze' | 'fog' | 'rain' | 'storm'
  state: 'now' | 'up' | 'down'
}

/** The coverage of the stretch; the mean over its crossings, beside it that with aerostats up and down. */
export interface CoverageAnswer {
  bounds: [number, number, number, number]
  image: string
  mean: number
  aerostats: { up: number; down: number } | null
  /** Sensors that this weather keeps from working, aerostats among them. */
  weather_stops: number
}

/** Who sees a place, the surest first. */
export interface SightAnswer {
  km: number
  offset_m: number
  ground_m: number
  p_any_look: number
  sensors: Sight[]
  drones: Overflight[]
}

/** How soon a unit could be at a case, or why it cannot go. */
export interface Arrival {
  unit: string
  name: string
  eta_s: Interval | null
  why_not: string | null
  in_time: 'yes' | 'perhaps' | 'no' | null
}
