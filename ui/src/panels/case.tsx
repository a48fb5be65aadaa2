import type { Evidence } from '../api/types'
import { t, word } from '../i18n'
import { ago, km } from '../lib/format'
import { sensorName, unitName } from '../lib/names'
import { choose } from '../state/choice'
import type { Row } from '../state/queue'
import { time } from '../state/store'
import { ClassBars, Fact, Part, Time } from './bits'
import { left } from './queue'

function SensorLink({ id }: { id: string }) {
  return (
    <button type="button" class="link" onClick={() => choose({ kind: 'sensor', id })}>
      {sensorName(id)}
    </button>
  )
}

function Seen({ evidence }: { evidence: Evidence }) {
  return (
    <>
      <Part title={t('ev.seen')} when={evidence.seen_by.length > 0}>
        <ul class="lines">
          {evidence.seen_by.map(({ sensor, hits, last }) => (
            <li key={sensor}>
              <SensorLink id={sensor} /> <span class="figure">{t('ev.hits', { n: hits })}</span> <span class="dim">{ago(time.value - last)}</span>
            </li>
          ))}
        </ul>
      </Part>
      <Why title={t('ev.could')} rows={evidence.could_have} />
      <Why title={t('ev.couldnot')} rows={evidence.could_not} />
    </>
  )
}

function Why({ title, rows }: { title: string; rows: Evidence['could_have'] }) {
  return (
    <Part title={title} when={rows.length > 0}>
      <ul class="lines">
        {rows.map(({ sensor, why }) => (
          <li key={sensor}>
            <SensorLink id={sensor} /> <span class="dim">{why}</span>
          </li>
        ))}
      </ul>
    </Part>
  )
}

function Similar({ evidence }: { evidence: Evidence }) {
  const { nuisance_here: nuisance, similar } = evidence
  const words = typeof nuisance === 'number' ? t('ev.nuisance.count', { n: nuisance }) : nuisance
  return (
    <>
      <Part title={t('ev.nuisance')} when={!!words}>
        <p>{words}</p>
      </Part>
      <Part title={t('ev.similar')} when={similar.length > 0}>
        <ul class="lines">
          {similar.map((one) => (
            <li key={one.case}>
              <Time at={one.time} full /> {one.km !== null && km(one.km)} {one.title}
              {one.outcome && <span class="dim"> {word('outcome', one.outcome)}</span>}
            </li>
          ))}
        </ul>
      </Part>
    </>
  )
}

function Log({ row }: { row: Row }) {
  return (
    <Part title={t('ev.history')} when={row.history.length > 0}>
      <ol class="log">
        {row.history.map((entry, i) => (
          <li key={i}>
            <Time at={entry.time} /> <b>{entry.user}</b> {word('act', entry.verb)} <span class="dim">{entry.detail}</span>
          </li>
        ))}
      </ol>
    </Part>
  )
}

/** The evidence of a case: the sentence first, then what it may be, who saw it, who did not and why. */
export function CaseView({ row }: { row: Row }) {
  return (
    <>
      <p class={row.priority === 'rescue' ? 'sentence rescue' : 'sentence'}>{row.sentence}</p>
      <dl class="facts">
        {row.time_left_s && <Fact name={t('ev.left')}>{left(row.time_left_s)}</Fact>}
        <Fact name={t('ev.state')}>{word('state', row.state)}</Fact>
        <Fact name={t('ev.owner')}>{row.owner ?? t('queue.noone')}</Fact>
        {row.unit && <Fact name={t('ev.unit')}>{unitName(row.unit)}</Fact>}
        <Fact name={t('ev.opened')}>
          <Time at={row.opened} />
        </Fact>
      </dl>
      <Part title={t('ev.classes')} when={Object.keys(row.evidence.classes).length > 0}>
        <ClassBars classes={row.evidence.classes} />
      </Part>
      <Seen evidence={row.evidence} />
      <Similar evidence={row.evidence} />
      <Log row={row} />
    </>
  )
}
