import type { ComponentChildren } from 'preact'
import type { Case, Track } from '../api/types'
import { t, word } from '../i18n'
import { interval, km as kmText, probability } from '../lib/format'
import { assetName, caseWhere, sensorName, trackWhat } from '../lib/names'
import { leftAt } from '../state/queue'
import { shownWay, stopping } from '../state/closure'
import type { Choice } from '../state/route'
import { caseOf, cases, sensors, strip, target, time, tracks, units } from '../state/store'
import { State } from './looks'

/** How well a km is watched, or closed to the way of crossing that is shown, in a few words. */
export function kmWords(km: number): string {
  const at = Math.min(Math.floor(km), (strip.value?.km.length ?? 1) - 1)
  const way = stopping.value ? shownWay.value : null
  const p = way ? way.km[at] : strip.value?.detect[target.value]?.[at]
  const what = way ? `${word('way', way.mode)} ${word('way', way.direction)}` : word('class', target.value)
  return t('strip.at', { km: km.toFixed(1), class: what, p: p === undefined || p === null ? '–' : probability(p) })
}

function KmTip({ km }: { km: number }) {
  const at = Math.floor(km)
  return (
    <>
      <b>{kmWords(km)}</b>
      {strip.value?.blind[at] && <span>{t('km.blind', { why: strip.value.why[at] ?? '–' })}</span>}
    </>
  )
}

function CaseTip({ row }: { row: Case }) {
  const span = leftAt(row, time.value)
  return (
    <>
      <b dir="auto">{row.title}</b>
      <span>
        {caseWhere(row)}
        {span && `, ${interval(span)}`}
      </span>
    </>
  )
}

function TrackTip({ id, track }: { id: string; track: Track }) {
  const row = caseOf.value.get(id)
  return (
    <>
      {row && <b dir="auto">{row.title}</b>}
      <span>
        {trackWhat(track)}, {kmText(track.km)}
        {track.eta_s && t('track.eta', { eta: interval(track.eta_s) })}
      </span>
    </>
  )
}

function NamedTip({ id, kind }: { id: string; kind: 'sensor' | 'unit' }) {
  const found = kind === 'sensor' ? sensors.value[id] : units.value[id]
  const name = kind === 'unit' ? units.value[id]?.name : found ? sensorName(id) : assetName(id)
  return (
    <>
      <b>{name}</b>
      {found && <State state={found.state} />}
    </>
  )
}

function content(over: Choice): ComponentChildren {
  if (over.kind === 'km') return <KmTip km={over.km} />
  if (over.kind === 'sensor' || over.kind === 'unit') return <NamedTip id={over.id} kind={over.kind} />
  if (over.kind === 'track') {
    const track = tracks.value[over.id]
    return track ? <TrackTip id={over.id} track={track} /> : null
  }
  const row = over.kind === 'case' ? cases.value[over.id] : undefined
  return row ? <CaseTip row={row} /> : null
}

/** What the pointer is over, in a few words beside it. */
export function Tip({ over, x, y, width }: { over: Choice; x: number; y: number; width: number }) {
  const words = content(over)
  if (!words) return null
  const side = x > width / 2 ? { right: `${width - x + 12}px` } : { left: `${x + 12}px` }
  return (
    <div class="tip" style={{ ...side, top: `${y}px` }} role="presentation">
      {words}
    </div>
  )
}
