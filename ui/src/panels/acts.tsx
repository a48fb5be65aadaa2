import { useEffect, useRef } from 'preact/hooks'
import type { Act, Verb } from '../api/types'
import { t, word, type Key } from '../i18n'
import { distance, interval } from '../lib/format'
import { unitName } from '../lib/names'
import { back, filled, missing, options, VERB_KEYS, type Field } from '../state/acts'
import { begin, choices, chosenCase, done, draft, failure, goers, key, send, sending, undo } from '../state/doing'
import { leftAt, type Row } from '../state/queue'
import { me, time } from '../state/store'

const ORDER: Verb[] = ['confirm', 'dismiss', 'dispatch', 'rescue', 'shelve', 'note', 'close', 'reopen']
const ORDER_RESCUE: Verb[] = ['rescue', ...ORDER.filter((verb) => verb !== 'rescue')]
const KEY_OF = Object.fromEntries(Object.entries(VERB_KEYS).map(([name, verb]) => [verb, name.toUpperCase()])) as Record<
  Verb,
  string
>

/** What an act will do, in one sentence. */
export function does(act: Act): string {
  const reason = act.reason ? word(act.verb === 'shelve' ? 'wait' : 'reason', act.reason) : ''
  if (act.verb === 'dismiss' && act.reason === 'other') return t('act.does.dismiss.other')
  if (act.verb === 'close' && act.people) return t('act.does.close.people', { people: word('people', act.people) })
  return t(`act.does.${act.verb}` as Key, {
    reason,
    unit: act.unit ? unitName(act.unit) : '',
    minutes: act.minutes ?? '',
    outcome: act.outcome ? word('outcome', act.outcome) : '',
  })
}

function optionWords(act: Act, field: Field, value: string | number): string {
  if (field === 'minutes') return t('act.minutes', { n: value })
  if (field === 'unit') return unitName(String(value))
  return word(act.verb === 'shelve' ? 'wait' : field, String(value))
}

function UnitMore({ id }: { id: string }) {
  const found = goers.value.find((goer) => goer.id === id)
  if (!found) return null
  return (
    <span class="option-more">
      {found.eta ? interval(found.eta) : found.metres !== null && t('act.unit.away', { distance: distance(found.metres) })}
      {found.in_time && <span class={found.in_time === 'no' ? 'late' : ''}>, {t(`act.intime.${found.in_time}`)}</span>}
    </span>
  )
}

/** Says when nobody can be there in time, or nobody can go at all. */
function Nobody({ row }: { row: Row }) {
  if (!goers.value.length) return <p class="nobody">{t('act.unit.none')}</p>
  const soonest = goers.value[0]!.eta
  const span = leftAt(row, time.value)
  if (!soonest || !span || !row.evidence.nobody_in_time) return null
  if (span[1] <= 0) return <p class="nobody">{t('act.unit.over', { eta: interval(soonest) })}</p>
  return <p class="nobody">{t('act.unit.nobody', { eta: interval(soonest), left: interval(span) })}</p>
}

function Options({ row, act, field }: { row: Row; act: Act; field: Field }) {
  return (
    <div class="act-step">
      <p class="act-ask">{t(`act.choose.${field}`)}</p>
      {field === 'unit' && <Nobody row={row} />}
      <ol class="options">
        {options(act.verb, field, choices.value).map((value, i) => (
          <li key={value}>
            <button type="button" onClick={() => (draft.value = filled(act, field, value))}>
              <kbd>{i + 1}</kbd> {optionWords(act, field, value)}
              {field === 'unit' && <UnitMore id={String(value)} />}
            </button>
          </li>
        ))}
      </ol>
      <Leave act={act} />
    </div>
  )
}

function Leave({ act }: { act: Act }) {
  return (
    <button type="button" class="plain" onClick={() => (draft.value = back(act, choices.value))}>
      <kbd>Esc</kbd> {t('act.leave')}
    </button>
  )
}

function NoteField({ row }: { row: Row }) {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  const write = (event: Event) => {
    event.preventDefault()
    const text = field.current?.value.trim()
    if (!text) return
    draft.value = null
    void send(row, { verb: 'note', text })
  }
  return (
    <form class="act-step" onSubmit={write}>
      <label>
        {t('act.choose.text')}
        <input
          ref={field}
          maxLength={500}
          autocomplete="off"
          onKeyDown={(event) => event.key === 'Escape' && (draft.value = null)}
        />
      </label>
      <p class="dim">{t('act.choose.text.hint')}</p>
    </form>
  )
}

function Armed({ act }: { act: Act }) {
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => button.current?.focus(), [])
  return (
    <div class="act-step armed">
      <p>{does(act)}</p>
      <div class="armed-keys">
        <button type="button" ref={button} class="do" onClick={() => key('Enter')}>
          <kbd>Enter</kbd> {word('act', act.verb)}
        </button>
        <Leave act={act} />
      </div>
    </div>
  )
}

function Buttons({ row }: { row: Row }) {
  const verbs = (row.priority === 'rescue' ? ORDER_RESCUE : ORDER).filter((verb) => choices.value.verbs.includes(verb))
  if (me.value?.role === 'viewer') return <p class="dim">{t('act.viewer')}</p>
  return (
    <div class="act-buttons" role="group" aria-label={row.title}>
      {verbs.map((verb) => (
        <button
          key={verb}
          type="button"
          class={verb === 'rescue' && row.priority === 'rescue' ? 'act rescue' : 'act'}
          onClick={() => begin(verb)}
        >
          <kbd>{KEY_OF[verb]}</kbd>
          {word('act', verb)}
        </button>
      ))}
    </div>
  )
}

function Step({ row }: { row: Row }) {
  const act = draft.value
  if (sending.value) return <p class="act-step">{t('act.sending')}</p>
  if (!act) return <Buttons row={row} />
  const field = missing(act, choices.value)
  if (field === 'text') return <NoteField row={row} />
  return field ? <Options row={row} act={act} field={field} /> : <Armed act={act} />
}

/** What can be done with the chosen case, one key each and one more to do it. */
export function ActsPanel() {
  const row = chosenCase.value
  const idle = !draft.value && !sending.value
  useEffect(() => {
    if (idle && row && document.activeElement === document.body) document.getElementById(`case-${row.id}`)?.focus()
  }, [idle])
  if (!row) return null
  return (
    <div class="acts">
      {failure.value && (
        <p class="act-failed" role="alert">
          {t('act.failed', { why: failure.value })}
        </p>
      )}
      <Step row={row} />
    </div>
  )
}

/** Says the last act, with its undo, for a while. */
export function DoneNote() {
  const last = done.value
  useEffect(() => {
    if (!last) return
    const timer = setTimeout(() => done.value === last && (done.value = null), 20000)
    return () => clearTimeout(timer)
  }, [last])
  return (
    <div class="done" role="status" aria-live="polite">
      {last && (
        <p>
          {t(`act.done.${last.verb}` as Key, { title: last.title })}
          {['dismiss', 'shelve', 'close'].includes(last.verb) && (
            <button type="button" onClick={() => undo()}>
              {t('act.undo')}
            </button>
          )}
        </p>
      )}
    </div>
  )
}
