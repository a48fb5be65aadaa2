import type { Case, CaseState, Interval } from '../api/types'

/** A case with its id, as rows show it. */
export interface Row extends Case {
  id: string
}

const RANK = { high: 0, medium: 1, low: 2, rescue: -1 }
const WAITING: CaseState[] = ['open', 'confirmed']

function deadline(row: Row): number {
  return row.time_left_s ? row.updated + row.time_left_s[0] : Infinity
}

/** Seconds left of a case at a time, low and high; null where it has no clock. */
export function leftAt(row: Case, time: number): Interval | null {
  if (!row.time_left_s) return null
  const passed = Math.max(0, time - row.updated)
  return [row.time_left_s[0] - passed, row.time_left_s[1] - passed]
}

/** Order of the queue: those who need help, then the least time left, then priority, then age. */
export function order(a: Row, b: Row): number {
  const help = Number(b.priority === 'rescue') - Number(a.priority === 'rescue')
  if (help) return help
  const [left, right] = [deadline(a), deadline(b)]
  if (left !== right) return left - right
  return RANK[a.priority] - RANK[b.priority] || a.opened - b.opened
}

/** The cases by what they ask: a person's act, nothing while a unit is under way, nothing for now. */
export interface Queue {
  waiting: Row[]
  underway: Row[]
  shelved: number
  dismissed: number
  /** How many a flood or the pace holds back. */
  held: number
}

/** Sorts the cases of the picture into the queue. */
export function queueOf(cases: Record<string, Case>, held = 0): Queue {
  const rows = Object.entries(cases).map(([id, row]) => ({ ...row, id }))
  const of = (...states: CaseState[]) => rows.filter((row) => states.includes(row.state))
  return {
    waiting: of(...WAITING).sort(order),
    underway: of('tasked').sort(order),
    shelved: of('shelved').length,
    dismissed: of('dismissed').length,
    held,
  }
}

/** The most urgent case at hand of each track, by the track's id; one track can be in several. */
export function casesByTrack(cases: Record<string, Case>): Map<string, Row> {
  const found = new Map<string, Row>()
  const open = Object.entries(cases).filter(([, row]) => row.state !== 'dismissed' && row.state !== 'closed')
  for (const row of open.map(([id, row]) => ({ ...row, id })).sort(order)) {
    for (const track of row.tracks) if (!found.has(String(track))) found.set(String(track), row)
  }
  return found
}

/** The row that lies some steps from the chosen one; from nothing, the first or the last. */
export function step(ids: string[], chosen: string | null, by: number): string | null {
  if (!ids.length) return null
  const at = chosen === null ? -1 : ids.indexOf(chosen)
  if (at < 0) return (by > 0 ? ids[0] : ids.at(-1)) ?? null
  return ids[Math.min(ids.length - 1, Math.max(0, at + by))] ?? null
}
