import type {
  Act,
  Asked,
  Case,
  ClosureAnswer,
  CoverageAnswer,
  Drawn,
  InspectionPlan,
  Me,
  PlanFacts,
  Reading,
  Readings,
  Sector,
  Seen,
  SightAnswer,
  TargetClass,
  TryAnswer,
} from './types'

/** An answer that was not a success, with the status and the watch's own words. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

function reasonIn(body: unknown, fallback: string): string {
  const detail = (body as { detail?: unknown } | null)?.detail
  if (typeof detail === 'string') return detail
  if (Array.isArray(detail)) return detail.map((item) => (item as { msg?: string }).msg ?? '').join('; ')
  return fallback
}

async function ask<T>(path: string, body?: unknown): Promise<T> {
  const file = body instanceof Blob
  const type = file ? 'application/octet-stream' : 'application/json'
  const init: RequestInit =
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'Content-Type': type, 'X-Limes': '1' }, body: file ? body : JSON.stringify(body) }
  const answer = await fetch(path, { credentials: 'same-origin', ...init })
  const content = answer.status === 204 ? null : await answer.json().catch(() => null)
  if (!answer.ok) throw new Refused(answer.status, reasonIn(content, answer.statusText))
  return content as T
}

function query(values: Record<string, string | number | undefined>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined)
  return new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()
}

const id = encodeURIComponent

/** The watch's HTTP interface, one function for each question that the page asks. */
export const api = {
  me: () => ask<Me>('/api/me'),
  login: (name: string, password: string) => ask<Me>('/api/login', { name, password }),
  logout: () => ask<unknown>('/api/logout', {}),
  password: (old: string, next: string) => ask<unknown>('/api/password', { old, new: next }),
  sector: () => ask<Sector>('/api/sector'),
  deployment: () => ask<GeoJSON.FeatureCollection>('/api/deployment'),
  coverage: (target: TargetClass, { hour, weather, state }: Asked) =>
    ask<CoverageAnswer>(`/api/coverage?${query({ target, state, hour: hour ?? undefined, weather: weather || undefined })}`),
  fibres: (after: number) => ask<FibrePicture[]>(`/api/fibre?${query({ after })}`),
  closure: () => ask<ClosureAnswer>('/api/closure'),
  plans: () => ask<PlanFacts[]>('/api/plans'),
  tryMoves: (moves: { id: string; lon: number; lat: number }[]) => ask<TryAnswer>('/api/plan/try', { moves }),
  sight: (lon: number, lat: number, target: TargetClass) => ask<SightAnswer>(`/api/sight?${query({ lon, lat, target })}`),
  cases: () => ask<(Case & { id: string })[]>('/api/cases'),
  case: (name: string) => ask<Case & { id: string }>(`/api/cases/${id(name)}`),
  act: (name: string, act: Act) => ask<unknown>(`/api/cases/${id(name)}/acts`, act),
  readings: () => ask<Readings>('/api/readings'),
  reading: (name: string) => ask<Reading>(`/api/readings/${id(name)}`),
  openReading: (name: string) => ask<Reading>(`/api/readings/${id(name)}/case`, {}),
  inspection: (crossing: string, direction: string) => ask<InspectionPlan>(`/api/inspection?${query({ crossing, direction })}`),
  draw: (vehicle: { crossing: string; direction: string; goods: string }) => ask<Drawn>('/api/inspection', vehicle),
  bring: (file: File, said: { crossing: string; declared: string; technique: string; case: string }) =>
    ask<Reading>(`/api/readings?${query({ file: file.name.slice(0, 120), ...said })}`, file),
  trails: (seconds: number) => ask<Record<string, TrailAnswer>>(`/api/trails?${query({ seconds })}`),
  track: (name: string) => ask<TrackStory>(`/api/tracks/${id(name)}`),
  audit: (after: number, limit: number) => ask<AuditEntry[]>(`/api/audit?${query({ after, limit })}`),
  verify: () => ask<{ entries: number; wrong: string[] }>('/api/audit/verify'),
  quarantine: () => ask<Quarantine>('/api/quarantine'),
  tunnels: () => ask<Tunnel[]>('/api/tunnels'),
  openTunnel: (lead: { title: string; km_from: number; km_to: number }) => ask<{ id: string }>('/api/tunnels', lead),
  tunnelEvidence: (name: string, kind: string, figures: Record<string, unknown>) =>
    ask<unknown>(`/api/tunnels/${id(name)}/evidence`, { kind, figures }),
  handOverTunnel: (name: string, to: string, text: string) => ask<unknown>(`/api/tunnels/${id(name)}/handover`, { to, text }),
  closeTunnel: (name: string, outcome: string) => ask<unknown>(`/api/tunnels/${id(name)}/close`, { outcome }),
  users: () => ask<User[]>('/api/users'),
  shutOut: (name: string, disabled: boolean) => ask<unknown>(`/api/users/${id(name)}/disabled`, { disabled }),
  addUser: (name: string, role: Me['role']) =>
    ask<{ name: string; role: Me['role']; one_time_password: string }>('/api/users', { name, role }),
}

/** Where a track was along the line: equal lists, oldest first. */
export interface TrailAnswer {
  time: number[]
  km: number[]
  existence: number[]
}

/** A slow case on a stretch of the line: what is believed of a tunnel there, and what each next step would tell. */
export interface Tunnel {
  id: string
  state: 'open' | 'closed'
  title: string
  km: [number, number]
  prior: number
  p: number
  owner: string
  outcome: string | null
  course: { time: number; kind: string; p: number }[]
  depths: Record<string, number>
  steps: { name: string; bits: number; p_yes: number; if_yes: number; if_no: number; cost_days: number }[]
  residual: { p: number; phase: Record<string, number>; deeper_than_6_m: number; 'under_1.2_m': number }
}

/** What the watch knows of one track beyond the live picture. */
export interface TrackStory {
  history: { time: number; lon: number; lat: number; existence: number }[]
  seen_by: Seen[]
  events: {
    time: number
    track: number
    what: 'confirmed' | 'dropped' | 'joined' | 'left'
    hits: number
    existence: number
    missed: number
  }[]
}

/** One sealed entry of the audit log; `time` is the wall clock's. */
export interface AuditEntry {
  seq: number
  time: number
  user: string
  verb: string
  object: string
  detail: Record<string, unknown>
  hash: string
}

/** What was refused: how often and why, and the newest lines as they came. */
export interface Quarantine {
  total: number
  counts: { cause: string; count: number }[]
  latest: { wall: number; source: string; line: number; field: string; reason: string; size: number; raw: string }[]
}

/** A person who may log in. */
export interface User {
  name: string
  role: Me['role']
  must_change_password: boolean
  disabled: boolean
}

/** One second of a fibre's waterfall: `cells` are bytes in base64, quarters of a dB above the noise. */
export interface FibreRow {
  time: number
  cells: string
}

export interface FibreEvent {
  time: number
  along: number
  low: number
  high: number
  label: string
  track: number
  p: number
  strength_db: number
}

export interface FibrePicture {
  sensor: string
  start_m: number
  length_m: number
  silent_s: number
  health: { channels: number; dead: number; noisy: number; break_m: number | null } | null
  rows: FibreRow[]
  events: FibreEvent[]
}
