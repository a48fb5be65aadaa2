import { useSignal, type Signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { api, Refused } from '../api/client'
import type { Reading, Readings } from '../api/types'
import { t, word, type Key } from '../i18n'
import { Icon } from '../lib/icons'
import { Time } from '../panels/bits'
import { choose } from '../state/choice'
import { cases, me, picture } from '../state/store'
import { Curve } from './curve'
import { NextVehicle } from './inspection'
import { useReading } from './table'

const EVERY_MS = 4000
const TECHNIQUES = ['', 'raman', 'mid-ir', 'nir'] as const
const SIGN: Record<Reading['level'], string> = { act: 'distress', check: 'unknown', again: 'flip', clear: 'tick' }

/** What the officer says of a measurement before the file comes. */
interface Said {
  crossing: string
  declared: string
  technique: string
}

function useNewest(): [Signal<{ value: Readings | null; problem: string }>, () => void] {
  const [found, again] = useReading(api.readings)
  useEffect(() => {
    const timer = setInterval(again, EVERY_MS)
    return () => clearInterval(timer)
  }, [])
  return [found, again]
}

function Field({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <label class="big-field">
      <span>{name}</span>
      {children}
    </label>
  )
}

function Form({ said, places }: { said: Signal<Said>; places: Readings['crossings'] }) {
  const set = (part: Partial<Said>) => (said.value = { ...said.value, ...part })
  return (
    <div class="big-fields">
      {places.length > 0 && (
        <Field name={t('check.crossing')}>
          <select value={said.value.crossing} onChange={(event) => set({ crossing: event.currentTarget.value })}>
            <option value="">–</option>
            {places.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </Field>
      )}
      <Field name={t('check.declared')}>
        <input
          value={said.value.declared}
          maxLength={120}
          autocomplete="off"
          onInput={(event) => set({ declared: event.currentTarget.value })}
        />
      </Field>
      <Field name={t('check.technique')}>
        <select value={said.value.technique} onChange={(event) => set({ technique: event.currentTarget.value })}>
          {TECHNIQUES.map((name) => (
            <option key={name} value={name}>
              {name ? word('technique', name) : t('check.technique.file')}
            </option>
          ))}
        </select>
      </Field>
    </div>
  )
}

/** Where a file is dropped or chosen; the whole of it is one target for a gloved hand. */
function Drop({ label, take, busy }: { label: string; take: (file: File) => void; busy: boolean }) {
  const over = useSignal(false)
  const input = useRef<HTMLInputElement>(null)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    over.value = false
    const file = event.dataTransfer?.files[0]
    if (file) take(file)
  }
  const pick = () => {
    const file = input.current?.files?.[0]
    if (file) take(file)
    if (input.current) input.current.value = ''
  }
  return (
    <div
      class={over.value ? 'drop over' : 'drop'}
      onDragOver={(event) => (event.preventDefault(), (over.value = true))}
      onDragLeave={() => (over.value = false)}
      onDrop={drop}
    >
      <button type="button" class="big do" disabled={busy} onClick={() => input.current?.click()}>
        <Icon name="reading" size={28} /> {busy ? t('check.reading') : label}
      </button>
      <input ref={input} type="file" class="hidden" tabIndex={-1} aria-hidden="true" onChange={pick} />
      <p class="dim">{t('check.drop')}</p>
    </div>
  )
}

function verdictWords(reading: Reading): string {
  const verdict = word('verdict', reading.verdict)
  return reading.name ? `${verdict}: ${reading.name}` : verdict
}

function Listed({ reading }: { reading: Reading }) {
  return (
    <>
      {reading.listed.map((one) => (
        <p key={one.substance} class="listed">
          {t('check.listed', { substance: one.substance, cas: one.cas, annex: one.annex, cn: one.cn })}
          {one.limit_percent !== null && ` ${t('check.limit', { n: one.limit_percent })}`}
        </p>
      ))}
    </>
  )
}

function Goods({ reading }: { reading: Reading }) {
  if (!reading.declared_answer) return null
  return (
    <p>
      <b>{t('check.goods', { goods: reading.declared })}</b> {word('answer', reading.declared_answer)}.{' '}
      <span class="dim" dir="auto">
        {reading.declared_reason}
      </span>
    </p>
  )
}

function Candidates({ reading }: { reading: Reading }) {
  if (!reading.candidates.length) return null
  return (
    <details>
      <summary class="big-summary">{t('check.candidates')}</summary>
      <ul class="lines">
        {reading.candidates.map((one) => (
          <li key={one.material}>
            <span class="figure">{one.score.toFixed(3)}</span> {one.material} <span class="dim">{one.family}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}

/** The verdict in words and colour, its reason, and the next step, which is never hidden. */
function Verdict({ reading }: { reading: Reading }) {
  return (
    <section class={`verdict level-${reading.level}`} aria-labelledby="verdict-title">
      <h2 id="verdict-title" tabIndex={-1}>
        <Icon name={SIGN[reading.level]} size={30} /> <span dir="auto">{verdictWords(reading)}</span>
      </h2>
      <p class="level">{t(`level.${reading.level}` as Key)}</p>
      <p dir="auto">{reading.reason}</p>
      <Goods reading={reading} />
      <Listed reading={reading} />
      <p class="next">
        <b>
          {t('check.next')} {word('step', reading.step)}.
        </b>{' '}
        <span dir="auto">{reading.step_reason}</span>
      </p>
      {reading.curve && <Curve curve={reading.curve} />}
      <Candidates reading={reading} />
      <p class="dim custody">
        {reading.file} · <Time at={reading.wall} full /> · {reading.user} · SHA-256{' '}
        <code title={reading.sha256}>{reading.sha256.slice(0, 16)}</code>
      </p>
    </section>
  )
}

/** How a case ends: one press chooses, a second writes it down. */
function Outcomes({ reading, names, done }: { reading: Reading; names: string[]; done: () => void }) {
  const chosen = useSignal('')
  const text = useSignal('')
  const problem = useSignal('')
  const last = useRef<HTMLButtonElement>(null)
  useEffect(() => last.current?.scrollIntoView({ block: 'nearest' }), [chosen.value])
  const write = async () => {
    try {
      await api.act(reading.case!, { verb: 'close', outcome: chosen.value, text: text.value.trim() || undefined })
      chosen.value = problem.value = ''
      done()
    } catch (error) {
      problem.value = (error as Error).message
    }
  }
  return (
    <section class="outcomes" aria-labelledby="outcome-title">
      <h2 id="outcome-title">{t('check.outcome')}</h2>
      <div class="big-row" role="group" aria-labelledby="outcome-title">
        {names.map((name) => (
          <button
            key={name}
            type="button"
            class="big"
            aria-pressed={chosen.value === name}
            onClick={() => (chosen.value = name)}
          >
            {word('outcome', name)}
          </button>
        ))}
      </div>
      {chosen.value && (
        <div class="big-fields">
          <Field name={t('check.text')}>
            <input
              value={text.value}
              maxLength={500}
              autocomplete="off"
              onInput={(e) => (text.value = e.currentTarget.value)}
            />
          </Field>
          <button type="button" ref={last} class="big do" onClick={() => void write()}>
            {t('check.write', { outcome: word('outcome', chosen.value) })}
          </button>
        </div>
      )}
      <p class="problem" role="alert">
        {problem.value}
      </p>
    </section>
  )
}

function CaseState({ reading, outcomes, take, busy, again }: CaseProps) {
  const row = reading.case ? (cases.value[reading.case] ?? picture.value.hidden[reading.case]) : undefined
  const ended = useSignal<Record<string, boolean>>({})
  const may = me.value?.role !== 'viewer'
  if (!reading.case) {
    const open = () => void api.openReading(reading.id).then(again)
    return may ? (
      <button type="button" class="big" onClick={open}>
        {t('check.open')}
      </button>
    ) : null
  }
  const closed = ended.value[reading.case] || row?.state === 'closed'
  return (
    <>
      <p role="status">
        {closed ? t('check.closed') : t('check.case')}{' '}
        <button type="button" class="link" onClick={() => choose({ kind: 'case', id: reading.case! })}>
          {reading.case}
        </button>
      </p>
      {may && !closed && (
        <>
          <Drop label={t('check.second')} busy={busy} take={(file) => take(file, reading.case!)} />
          <Outcomes
            key={reading.case}
            reading={reading}
            names={outcomes}
            done={() => ((ended.value = { ...ended.value, [reading.case!]: true }), again())}
          />
        </>
      )}
    </>
  )
}

interface CaseProps {
  reading: Reading
  outcomes: string[]
  take: (file: File, name: string) => void
  busy: boolean
  again: () => void
}

function Latest({ readings, chosen, pick }: { readings: Reading[]; chosen: string; pick: (id: string) => void }) {
  return (
    <section class="latest" aria-labelledby="latest-title">
      <h2 id="latest-title">{t('check.latest')}</h2>
      {!readings.length && <p class="dim">{t('check.none')}</p>}
      <ol>
        {readings.map((one) => (
          <li key={one.id}>
            <button
              type="button"
              class={`big reading level-${one.level}`}
              aria-current={one.id === chosen}
              onClick={() => pick(one.id)}
            >
              <Icon name={SIGN[one.level]} size={20} />
              <span class="what" dir="auto">
                {verdictWords(one)}
              </span>
              <span class="dim">
                <Time at={one.wall} /> · {one.file}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  )
}

/** The checkpoint: drop a file or watch what instruments send; the verdict, why, the next step, and how it ended. */
export function CheckpointScreen() {
  const [newest, again] = useNewest()
  const said = useSignal<Said>({ crossing: '', declared: '', technique: '' })
  const shown = useSignal<Reading | null>(null)
  const busy = useSignal(false)
  const problem = useSignal('')
  const show = async (id: string) => {
    shown.value = await api.reading(id)
    setTimeout(() => document.getElementById('verdict-title')?.focus(), 50)
  }
  const take = async (file: File, name = '') => {
    busy.value = true
    problem.value = ''
    try {
      const found = await api.bring(file, { ...said.value, case: name })
      await show(found.id)
      again()
    } catch (error) {
      problem.value = t('check.refused', { file: file.name, why: error instanceof Refused ? error.message : String(error) })
    } finally {
      busy.value = false
    }
  }
  const held = newest.value.value
  const readings = held?.readings ?? []
  return (
    <div class="checkpoint">
      <div class="check-in">
        <h1>{t('check.title')}</h1>
        {me.value?.role !== 'viewer' && (
          <>
            <Form said={said} places={held?.crossings ?? []} />
            <Drop label={t('check.choose')} busy={busy.value} take={(file) => void take(file)} />
          </>
        )}
        <p class="problem" role="alert">
          {problem.value || newest.value.problem}
        </p>
        {said.value.crossing && <NextVehicle crossing={said.value.crossing} />}
        <Latest readings={readings} chosen={shown.value?.id ?? ''} pick={(id) => void show(id)} />
      </div>
      <div class="check-out" aria-live="polite" tabIndex={0} role="region" aria-label={t('check.verdict')}>
        {shown.value ? (
          <>
            <Verdict reading={shown.value} />
            <CaseState
              reading={shown.value}
              outcomes={held?.outcomes ?? []}
              take={(file, name) => void take(file, name)}
              busy={busy.value}
              again={() => (again(), void show(shown.value!.id))}
            />
          </>
        ) : (
          <p class="dim">{t('check.hint')}</p>
        )}
      </div>
    </div>
  )
}
