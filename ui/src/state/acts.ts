import type { Act, Verb } from '../api/types'

/** The keys of the verbs; U undoes. */
export const VERB_KEYS: Record<string, Verb> = {
  c: 'confirm',
  d: 'dismiss',
  p: 'dispatch',
  r: 'rescue',
  s: 'shelve',
  n: 'note',
  x: 'close',
  u: 'reopen',
}

/** Why a case is dismissed, in the order of the keys 1 to 6. */
export const REASONS = ['animal', 'weather', 'own forces', 'farm traffic', 'equipment fault', 'other'] as const

/** What became of the people of a case, in the order of the keys 1 to 6. */
export const OUTCOMES = [
  'rescued',
  'referred',
  'handed over',
  'turned back at a crossing point',
  'lost',
  'nobody there',
] as const

/** Why a case can wait, in the order of the keys 1 to 5. */
export const WAITS = ['known activity', 'somebody is on the way', 'weather will pass', 'repair under way', 'other'] as const

/** How a case without people in it ended, in the order of the keys 1 to 5. */
export const ENDS = ['working again', 'covered by others', 'came to nothing', 'handed to others', 'other'] as const

/** How a checkpoint case ended, in the order of the keys 1 to 5. */
export const GOODS = ['released', 'sent to laboratory', 'refused', 'handed over', 'second method: nothing found'] as const

/** For how many minutes a case can be shelved. */
export const MINUTES = [10, 30, 60, 120] as const

/** What the keys may do now: the verbs that the case allows, the units in the order shown, and whether people are in it. */
export interface Choices {
  verbs: Verb[]
  units: string[]
  people: boolean
  /** Whether it is about goods at a checkpoint. */
  goods?: boolean
}

export type Field = 'reason' | 'unit' | 'minutes' | 'people' | 'outcome' | 'text'

const NEEDS: Record<Exclude<Verb, 'close'>, Field[]> = {
  confirm: [],
  dismiss: ['reason'],
  dispatch: ['unit'],
  rescue: ['unit'],
  shelve: ['reason', 'minutes'],
  note: ['text'],
  reopen: [],
}

function needs(verb: Verb, { people }: Choices): Field[] {
  return verb === 'close' ? [people ? 'people' : 'outcome'] : NEEDS[verb]
}

/** An act on its way: what is filled in so far. Null when no act is begun. */
export type Draft = Act | null

/** The field that the act still needs, or null when it is armed and one more key does it. */
export function missing(draft: Act, choices: Choices): Field | null {
  return needs(draft.verb, choices).find((field) => draft[field] === undefined) ?? null
}

/** The values that a field can take, in the order of the number keys. */
export function options(verb: Verb, field: Field, choices: Choices): (string | number)[] {
  if (field === 'reason') return [...(verb === 'shelve' ? WAITS : REASONS)]
  if (field === 'minutes') return [...MINUTES]
  if (field === 'people') return [...OUTCOMES]
  if (field === 'outcome') return [...(choices.goods ? GOODS : ENDS)]
  return field === 'unit' ? choices.units : []
}

/** The act with one field filled in. What became of the people is the outcome of a case that has people in it. */
export function filled(draft: Act, field: Field, value: string | number): Act {
  return field === 'people' ? { ...draft, people: String(value), outcome: String(value) } : { ...draft, [field]: value }
}

/** One step back: the last field that was filled is emptied; with nothing filled the act is dropped. */
export function back(draft: Act, choices: Choices): Draft {
  const done = needs(draft.verb, choices).filter((field) => draft[field] !== undefined)
  const last = done.at(-1)
  return last ? { ...draft, [last]: undefined } : null
}

/** What a key does: the draft after it, the act to send if it was the last key, and whether the key meant anything. */
export interface Step {
  draft: Draft
  send?: Act
  used: boolean
}

/** The keyboard of the evidence panel, as a function of what was begun, the key and what may be chosen. */
export function press(draft: Draft, key: string, choices: Choices): Step {
  if (!draft) {
    const verb = VERB_KEYS[key.toLowerCase()]
    return verb && choices.verbs.includes(verb) ? { draft: { verb }, used: true } : { draft, used: false }
  }
  if (key === 'Escape') return { draft: back(draft, choices), used: true }
  const field = missing(draft, choices)
  if (field === null) return key === 'Enter' ? { draft: null, send: draft, used: true } : { draft, used: false }
  if (field === 'text' || !/^[1-9]$/.test(key)) return { draft, used: false }
  const value = options(draft.verb, field, choices)[Number(key) - 1]
  return value === undefined ? { draft, used: true } : { draft: filled(draft, field, value), used: true }
}
