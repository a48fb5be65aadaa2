import type { Evidence, Reading } from '../api/types'
import { t, word } from '../i18n'
import { ago, km } from '../lib/format'
import { sensorName, unitName } from '../lib/names'
import { choose, show } from '../state/choice'
import { leftAt, type Row } from '../state/queue'
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

const FIRST = 5

function SeenRows({ rows }: { rows: Evidence['seen_by'] }) {
  return (
    <ul class="lines">
      {rows.map(({ sensor, hits, last, nuisance_per_h: rate }) => (
        <li key={sensor}>
          <SensorLink id={sensor} /> <span class="figure">{t('ev.hits', { n: hits })}</span>{' '}
          <span class="dim">
            {ago(time.value - last)}
            {rate !== undefined && `, ${t('ev.nuisance.rate', { n: rate < 0.1 ? '< 0.1' : rate.toFixed(rate < 10 ? 1 : 0) })}`}
          </span>
        </li>
      ))}
    </ul>
  )
}

function Seen({ evidence }: { evidence: Evidence }) {
  const { seen_by: rows } = evidence
  return (
    <>
      <Part title={t('ev.seen')} when={rows.length > 0}>
        <SeenRows rows={rows.slice(0, FIRST)} />
        {rows.length > FIRST && (
          <details>
            <summary class="dim">{t('stretch.more', { n: rows.length - FIRST })}</summary>
            <SeenRows rows={rows.slice(FIRST)} />
          </details>
        )}
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

function nuisanceWords({ count, hours, reasons }: NonNullable<Evidence['nuisance_here']>): string {
  if (!count) return t('ev.nuisance.none', { hours })
  const why = Object.entries(reasons)
    .map(([reason, n]) => `${word('reason', reason)} ${n}`)
    .join(', ')
  return t('ev.nuisance.count', { n: count, hours, why })
}

function Similar({ evidence }: { evidence: Evidence }) {
  const { nuisance_here: nuisance, similar } = evidence
  return (
    <>
      <Part title={t('ev.nuisance')} when={!!nuisance}>
        <p>{nuisance && nuisanceWords(nuisance)}</p>
      </Part>
      <Part title={t('ev.similar')} when={similar.length > 0}>
        <ul class="lines">
          {similar.map((one) => (
            <li key={one.case}>
              <button type="button" class="link" onClick={() => choose({ kind: 'case', id: one.case })}>
                <Time at={one.opened} full />
              </button>{' '}
              {km(one.km)} <span class="dim">{one.outcome}</span>
            </li>
          ))}
        </ul>
      </Part>
    </>
  )
}

function Measured({ readings }: { readings: Reading[] }) {
  return (
    <Part title={t('check.latest')} when={readings.length > 0}>
      <ul class="lines">
        {readings.map((one) => (
          <li key={one.id}>
            <Time at={one.wall} /> {word('technique', one.method)}: {word('verdict', one.verdict)} {one.name}{' '}
            <span class="dim">{one.file}</span>
          </li>
        ))}
      </ul>
      <button type="button" onClick={() => show('checkpoint')}>
        {t('nav.checkpoint')}
      </button>
    </Part>
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
      <p class={row.priority === 'rescue' ? 'sentence rescue' : 'sentence'} dir="auto">
        {row.sentence}
      </p>
      <dl class="facts">
        {row.time_left_s && <Fact name={t('ev.left')}>{left(leftAt(row, time.value))}</Fact>}
        <Fact name={t('ev.state')}>{word('state', row.state)}</Fact>
        <Fact name={t('ev.owner')}>{row.owner ?? t('queue.noone')}</Fact>
        {row.units.length > 0 && <Fact name={t('ev.unit')}>{row.units.map(unitName).join(', ')}</Fact>}
        {row.shelved_until && (
          <Fact name={t('ev.until')}>
            <Time at={row.shelved_until} />
          </Fact>
        )}
        {row.hidden_by && (
          <Fact name={t('ev.heldby')}>
            {row.hidden_by === 'pace' ? t('ev.heldby.pace') : t('ev.heldby.flood', { id: row.hidden_by })}
          </Fact>
        )}
        <Fact name={t('ev.opened')}>
          <Time at={row.opened} />
        </Fact>
      </dl>
      <Part title={t('ev.classes')} when={!!row.evidence.classes}>
        <ClassBars classes={row.evidence.classes ?? {}} />
      </Part>
      <Part title={t('ev.factors')} when={row.evidence.factors.length > 0}>
        <p>{row.evidence.factors.join(', ')}</p>
      </Part>
      <Measured readings={row.evidence.readings ?? []} />
      <Seen evidence={row.evidence} />
      <Similar evidence={row.evidence} />
      <Log row={row} />
    </>
  )
}
