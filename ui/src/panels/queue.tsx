import { useSignalEffect } from '@preact/signals'
import type { Interval } from '../api/types'
import { t, word } from '../i18n'
import { clock, duration, interval } from '../lib/format'
import { Icon } from '../lib/icons'
import { caseWhere, unitName } from '../lib/names'
import { choose, focus, hovered, hoverFocus, show } from '../state/choice'
import { leftAt, type Row } from '../state/queue'
import { me, pictured, queue, strip, target, time, zone } from '../state/store'

/** So many rows have two lines each; more share one line, so that all are seen at once. */
const ROOMY = 5

/** Time left of a case, in words. */
export function left(span: Interval | null): string {
  if (!span) return ''
  return span[1] <= 0 ? t('unit.over') : interval(span)
}

function owner(row: Row): string {
  if (row.unit) return unitName(row.unit)
  if (!row.owner) return t('queue.noone')
  return row.owner === me.value?.name ? t('queue.you') : row.owner
}

function Line({ row, index }: { row: Row; index: number }) {
  const chosen = focus.value.case === row.id
  const rescue = row.priority === 'rescue'
  const span = leftAt(row, time.value)
  const classes = [
    'row',
    !span && 'clockless',
    rescue && 'rescue',
    chosen && 'chosen',
    hoverFocus.value.case === row.id && 'hovered',
  ]
    .filter(Boolean)
    .join(' ')
  return (
    <li>
      <button
        type="button"
        id={`case-${row.id}`}
        class={classes}
        aria-current={chosen ? 'true' : undefined}
        data-index={index}
        onClick={() => choose({ kind: 'case', id: row.id })}
        onPointerEnter={() => (hovered.value = { kind: 'case', id: row.id })}
        onPointerLeave={() => (hovered.value = null)}
      >
        <span class="row-kind">
          <Icon name={row.kind} size={18} />
          <span class="hidden">{rescue ? t('queue.rescue') : word('kind', row.kind)}</span>
        </span>
        <span class="row-what" dir="auto">
          {row.title}
        </span>
        {span && <span class="row-left">{left(span)}</span>}
        <span class="row-where">
          {caseWhere(row)}
          {!span && `, ${t('queue.waits', { t: duration(time.value - row.opened) })}`}
        </span>
        <span class={row.owner || row.unit ? 'row-who' : 'row-who unowned'}>{owner(row)}</span>
      </button>
    </li>
  )
}

function weakest(): number {
  const p = strip.value?.detect[target.value] ?? []
  return p.indexOf(Math.min(...p))
}

function Quiet() {
  return (
    <div class="quiet-night">
      <p>{t('queue.none')}</p>
      {strip.value && <p class="dim">{t('queue.none.more', { time: clock(time.value, zone.value), km: weakest() })}</p>}
    </div>
  )
}

/** What is not in the queue but stays findable: held back by a flood, shelved, dismissed. */
function Elsewhere() {
  const { held, shelved, dismissed } = queue.value
  const parts = [
    held && t('queue.held', { n: held }),
    shelved && t('queue.shelved', { n: shelved }),
    dismissed && t('queue.dismissed', { n: dismissed }),
  ].filter(Boolean)
  if (!parts.length) return null
  return (
    <button type="button" class="plain" onClick={() => show('cases')}>
      {parts.join(', ')}
    </button>
  )
}

/** Only what needs a person's act, those who need help on top, then by the time left. */
export function QueuePanel() {
  const { waiting, underway } = queue.value
  useSignalEffect(() => {
    const id = focus.value.case
    if (id) document.getElementById(`case-${id}`)?.scrollIntoView({ block: 'nearest' })
  })
  return (
    <section class="queue" id="queue" aria-label={t('queue.title')} tabIndex={-1}>
      <h2>
        {t('queue.title')} {pictured.value && <span class={waiting.length ? 'count' : 'count none'}>{waiting.length}</span>}
        <span class="spring" />
        <Elsewhere />
      </h2>
      <div class={waiting.length + underway.length > ROOMY ? 'rows close' : 'rows'} tabIndex={-1}>
        {waiting.length > 0 && (
          <ol>
            {waiting.map((row, i) => (
              <Line key={row.id} row={row} index={i} />
            ))}
          </ol>
        )}
        {!waiting.length && (pictured.value ? <Quiet /> : <p class="quiet-night dim">{t('strip.empty')}</p>)}
        {underway.length > 0 && (
          <>
            <h3>{t('queue.underway')}</h3>
            <ol class="underway">
              {underway.map((row, i) => (
                <Line key={row.id} row={row} index={waiting.length + i} />
              ))}
            </ol>
          </>
        )}
      </div>
    </section>
  )
}
