import { describe, expect, it } from 'vitest'
import type { Act, Verb } from '../src/api/types'
import { back, filled, missing, options, OUTCOMES, press, REASONS, type Choices, type Draft } from '../src/state/acts'

const ALL: Verb[] = ['confirm', 'dismiss', 'dispatch', 'rescue', 'shelve', 'note', 'close', 'reopen']
const choices: Choices = { verbs: ALL, units: ['patrol-3', 'patrol-1'], people: true }

function type(keys: string[], given: Choices = choices): { draft: Draft; sent: Act[] } {
  let draft: Draft = null
  const sent: Act[] = []
  for (const key of keys) {
    const step = press(draft, key, given)
    draft = step.draft
    if (step.send) sent.push(step.send)
  }
  return { draft, sent }
}

describe('the keyboard of the acts', () => {
  it('takes one key and one more', () => {
    expect(type(['c']).sent).toEqual([])
    expect(type(['c', 'Enter']).sent).toEqual([{ verb: 'confirm' }])
    expect(type(['C', 'Enter']).sent).toEqual([{ verb: 'confirm' }])
  })

  it('dismisses with the reason of the number', () => {
    REASONS.forEach((reason, i) => {
      expect(type(['d', String(i + 1), 'Enter']).sent).toEqual([{ verb: 'dismiss', reason }])
    })
  })

  it('sends the unit in the order shown', () => {
    expect(type(['p', '1', 'Enter']).sent).toEqual([{ verb: 'dispatch', unit: 'patrol-3' }])
    expect(type(['r', '2', 'Enter']).sent).toEqual([{ verb: 'rescue', unit: 'patrol-1' }])
    expect(type(['p', '3', 'Enter']).sent).toEqual([])
  })

  it('shelves with a reason and a clock', () => {
    expect(type(['s', '3', '2', 'Enter']).sent).toEqual([{ verb: 'shelve', reason: 'weather will pass', minutes: 30 }])
    expect(type(['s', '3', 'Enter']).sent).toEqual([])
  })

  it('closes a case with people in it only with what became of them', () => {
    expect(type(['x', 'Enter']).sent).toEqual([])
    OUTCOMES.forEach((people, i) => {
      expect(type(['x', String(i + 1), 'Enter']).sent).toEqual([{ verb: 'close', people, outcome: people }])
    })
  })

  it('closes a case without people with how it ended', () => {
    const sent = type(['x', '1', 'Enter'], { ...choices, people: false }).sent
    expect(sent).toEqual([{ verb: 'close', outcome: 'working again' }])
  })

  it('does nothing that the case does not allow', () => {
    const step = press(null, 'r', { ...choices, verbs: ['note'] })
    expect(step).toEqual({ draft: null, used: false })
    expect(press(null, 'q', choices).used).toBe(false)
  })

  it('leaves text to the text field', () => {
    const step = press({ verb: 'note' }, '1', choices)
    expect(step).toEqual({ draft: { verb: 'note' }, used: false })
    expect(missing({ verb: 'note' }, choices)).toBe('text')
    expect(options('note', 'text', choices)).toEqual([])
  })

  it('steps back with Esc, then leaves', () => {
    expect(type(['s', '1', '2', 'Escape']).draft).toMatchObject({
      verb: 'shelve',
      reason: 'known activity',
      minutes: undefined,
    })
    expect(type(['s', '1', '2', 'Escape', 'Escape', 'Escape']).draft).toBeNull()
    expect(back({ verb: 'confirm' }, choices)).toBeNull()
  })

  it('keeps another verb from replacing the one begun', () => {
    expect(type(['d', 'c', 'Enter']).sent).toEqual([])
    expect(filled({ verb: 'dismiss' }, 'reason', 'animal')).toEqual({ verb: 'dismiss', reason: 'animal' })
  })
})
