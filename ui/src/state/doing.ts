import { batch, computed, signal } from '@preact/signals'
import { api } from '../api/client'
import type { Act, Case, Unit, Verb } from '../api/types'
import { distanceBetween } from '../lib/geo'
import { focus } from './choice'
import { press, type Choices, type Draft } from './acts'
import { cases, me, tracks, units } from './store'

/** The act that was begun on the chosen case. */
export const draft = signal<Draft>(null)
/** True while an act is on its way to the log. */
export const sending = signal(false)
/** Why the last act was not done. */
export const failure = signal('')
/** The last act that was done, to be said and undone. */
export const done = signal<{ case: string; verb: Verb; title: string; at: number } | null>(null)

/** A unit that can be sent, with how far it is and, where the watch knows it, how long it needs. */
export interface Sendable {
  id: string
  unit: Unit
  metres: number
  eta: [number, number] | null
}

function placeOf(row: Case): [number, number] | null {
  const track = row.tracks.map((id) => tracks.value[String(id)]).find(Boolean)
  if (track) return [track.lon, track.lat]
  return row.lon !== null && row.lat !== null ? [row.lon, row.lat] : null
}

/** Units that are ready, the soonest on the scene first. */
export function sendable(row: Case): Sendable[] {
  const at = placeOf(row)
  const known = row.on_scene_s ?? {}
  return Object.entries(units.value)
    .filter(([, unit]) => unit.state === 'ready')
    .map(([id, unit]) => ({ id, unit, metres: at ? distanceBetween(at, [unit.lon, unit.lat]) : 0, eta: known[id] ?? null }))
    .sort((a, b) => (a.eta?.[0] ?? Infinity) - (b.eta?.[0] ?? Infinity) || a.metres - b.metres)
    .slice(0, 9)
}

/** The chosen case with its id, if one is chosen and still there. */
export const chosenCase = computed(() => {
  const id = focus.value.case
  const row = id ? cases.value[id] : undefined
  return row && id ? { ...row, id } : null
})

/** What may be done with the chosen case. */
export const choices = computed<Choices>(() => {
  const row = chosenCase.value
  if (!row || me.value?.role === 'viewer') return { verbs: [], units: [] }
  return { verbs: row.actions, units: sendable(row).map(({ id }) => id) }
})

/** Sends an act and says what came of it. */
export async function send(row: Case & { id: string }, act: Act): Promise<void> {
  sending.value = true
  failure.value = ''
  try {
    await api.act(row.id, act)
    done.value = { case: row.id, verb: act.verb, title: row.title, at: Date.now() }
  } catch (error) {
    failure.value = (error as Error).message
  } finally {
    sending.value = false
  }
}

/** Begins an act, as its button does. */
export function begin(verb: Verb): void {
  batch(() => {
    failure.value = ''
    draft.value = { verb }
  })
}

/** Gives a key to the keyboard of the acts; true when it meant something. */
export function key(name: string): boolean {
  const row = chosenCase.peek()
  if (!row || sending.peek()) return false
  const step = press(draft.peek(), name, choices.peek())
  draft.value = step.draft
  if (step.send) void send(row, step.send)
  return step.used
}

/** Undoes the last act that can be undone: the case goes back to the queue. */
export function undo(): boolean {
  const last = done.peek()
  const row = last ? cases.peek()[last.case] : undefined
  if (!last || !row?.actions.includes('reopen')) return false
  done.value = null
  void send({ ...row, id: last.case }, { verb: 'reopen' })
  return true
}
