import { batch, computed, effect, signal } from '@preact/signals'
import { api } from '../api/client'
import type { Act, Arrival, Case, Interval, Verb } from '../api/types'
import { distanceBetween } from '../lib/geo'
import { choice, focus } from './choice'
import { press, type Choices, type Draft } from './acts'
import { cases, me, picture, units } from './store'

/** The act that was begun on the chosen case. */
export const draft = signal<Draft>(null)
/** True while an act is on its way to the log. */
export const sending = signal(false)
/** Why the last act was not done. */
export const failure = signal('')
/** The last act that was done, to be said and undone. */
export const done = signal<{ case: string; verb: Verb; title: string; at: number } | null>(null)

/** Cases that were answered long ago and had to be asked for. */
export const answered = signal<Record<string, Case>>({})

/** The chosen case with its id, if one is chosen; a unit that is on its way to a case does not choose it. */
export const chosenCase = computed(() => {
  const kind = choice.value?.kind
  const id = kind === 'case' || kind === 'track' ? focus.value.case : null
  const row = id ? (cases.value[id] ?? picture.value.hidden[id] ?? answered.value[id]) : undefined
  return row && id ? { ...row, id } : null
})

/** Units nearest to a case that nobody has reckoned times for: by straight line, without a time. */
function nearest(row: Case): Goer[] {
  const { lon, lat } = row
  return Object.entries(units.value)
    .filter(([, unit]) => unit.state === 'ready')
    .map(([id, unit]) => ({
      id,
      eta: null,
      in_time: null,
      metres: lon === null || lat === null ? null : distanceBetween([lon, lat], [unit.lon, unit.lat]),
    }))
    .sort((a, b) => (a.metres ?? 0) - (b.metres ?? 0))
}

/** A unit that could go: when it would be there and whether in time, or how far away it is where that is not known. */
export interface Goer {
  id: string
  eta: Interval | null
  in_time: Arrival['in_time']
  metres: number | null
}

/** Who could go to the chosen case, the soonest first. */
export const goers = computed<Goer[]>(() => {
  const row = chosenCase.value
  if (!row) return []
  const able = row.evidence.arrivals.filter(({ eta_s }) => eta_s)
  const known = able.map(({ unit, eta_s, in_time }) => ({ id: unit, eta: eta_s, in_time, metres: null }))
  return (known.length || row.evidence.nobody_in_time !== null ? known : nearest(row)).slice(0, 9)
})

/** What may be done with the chosen case. */
export const choices = computed<Choices>(() => {
  const row = chosenCase.value
  if (!row || me.value?.role === 'viewer') return { verbs: [], units: [], people: false }
  const goods = row.kind === 'checkpoint'
  return { verbs: row.actions, units: goers.value.map(({ id }) => id), people: row.with_people, goods }
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

/** Drops an act that was begun when another case is chosen, and asks for a chosen case that is no longer at hand. */
export function followActs(): () => void {
  let before: string | null = null
  return effect(() => {
    const id = focus.value.case
    if (id === before) return
    before = id
    draft.value = null
    if (id && picture.peek().seq && !chosenCase.peek()) {
      void api.case(id).then(
        (row) => (answered.value = { ...answered.peek(), [id]: row }),
        () => undefined,
      )
    }
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
