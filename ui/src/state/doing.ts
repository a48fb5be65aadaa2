import { batch, computed, effect, signal } from '@preact/signals'
import { api } from '../api/client'
import type { Act, Arrival, Case, Verb } from '../api/types'
import { focus } from './choice'
import { press, type Choices, type Draft } from './acts'
import { cases, me } from './store'

/** The act that was begun on the chosen case. */
export const draft = signal<Draft>(null)
/** True while an act is on its way to the log. */
export const sending = signal(false)
/** Why the last act was not done. */
export const failure = signal('')
/** The last act that was done, to be said and undone. */
export const done = signal<{ case: string; verb: Verb; title: string; at: number } | null>(null)

/** Who could go to a case, soonest first: null while the watch is asked. */
export const goers = signal<{ case: string; rows: Arrival[] } | null>(null)

const PEOPLE = ['distress', 'crossing', 'approach', 'flood']

/** The chosen case with its id, if one is chosen and still there. */
export const chosenCase = computed(() => {
  const id = focus.value.case
  const row = id ? cases.value[id] : undefined
  return row && id ? { ...row, id } : null
})

/** What may be done with the chosen case. */
export const choices = computed<Choices>(() => {
  const row = chosenCase.value
  if (!row || me.value?.role === 'viewer') return { verbs: [], units: [], people: false }
  const rows = goers.value?.case === row.id ? goers.value.rows.filter(({ eta }) => eta) : []
  return { verbs: row.actions, units: rows.map(({ unit }) => unit).slice(0, 9), people: PEOPLE.includes(row.kind) }
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

/** Asks who could go whenever an act needs a unit, and drops an act when another case is chosen. */
export function followActs(): () => void {
  let before: string | null = null
  const stopAsking = effect(() => {
    const verb = draft.value?.verb
    const id = focus.value.case
    if ((verb !== 'dispatch' && verb !== 'rescue') || !id) return
    goers.value = null
    api.units(id).then(
      (rows) => (goers.value = { case: id, rows }),
      (error: Error) => (failure.value = error.message),
    )
  })
  const stopDropping = effect(() => {
    const id = focus.value.case
    if (id !== before) draft.value = null
    before = id
  })
  return () => {
    stopAsking()
    stopDropping()
  }
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
