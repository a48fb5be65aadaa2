import type { Sensor, SensorState } from '../api/types'
import { t, word } from '../i18n'
import { clock, probability } from '../lib/format'
import { runs } from '../lib/geo'
import { assetName } from '../lib/names'
import { choose } from '../state/choice'
import { closure, stopping } from '../state/closure'
import { picture, pictured, sensors, strip, target, units, zone } from '../state/store'
import { Part } from './bits'
import { State } from './looks'

const MOST = 6

/** A stretch of blind km with one reason. */
export interface Blind {
  from: number
  to: number
  why: string | null
}

/** The blind stretches, cut where the reason changes. */
export function blindStretches(blind: boolean[], why: (string | null)[]): Blind[] {
  return runs(blind).flatMap(([from, to]) => {
    const out: Blind[] = []
    for (let km = from; km < to; km++) {
      const last = out.at(-1)
      if (last && last.why === (why[km] ?? null)) last.to = km + 1
      else out.push({ from: km, to: km + 1, why: why[km] ?? null })
    }
    return out
  })
}

function BlindList() {
  if (!strip.value) return <p class="dim">{t('strip.empty')}</p>
  const found = blindStretches(strip.value.blind, strip.value.why)
  if (!found.length) return <p class="dim">{t('stretch.blind.none', { class: word('class', target.value) })}</p>
  return (
    <ul class="lines">
      {found.slice(0, MOST).map(({ from, to, why }) => (
        <li key={from}>
          <button type="button" class="link" onClick={() => choose({ kind: 'km', km: (from + to) / 2 })}>
            {t('stretch.km', { from, to })}
          </button>{' '}
          <span class="dim">{why}</span>
        </li>
      ))}
      {found.length > MOST && <li class="dim">{t('stretch.more', { n: found.length - MOST })}</li>}
    </ul>
  )
}

/** Sensors that are out, together by the asset they stand on and their state: asset, state, sensor ids. */
export function outages(all: Record<string, Sensor>): { asset: string; state: SensorState; ids: string[] }[] {
  const found = new Map<string, { asset: string; state: SensorState; ids: string[] }>()
  for (const [id, { asset, state }] of Object.entries(all)) {
    if (state === 'up') continue
    const key = `${asset} ${state}`
    found.set(key, { asset, state, ids: [...(found.get(key)?.ids ?? []), id] })
  }
  return [...found.values()]
}

function partWords(id: string): string {
  const part = id.split('/')[1]
  return part ? word('family', part) : ''
}

function OutList() {
  const out = outages(sensors.value)
  if (!out.length) return <p class="dim">{t('stretch.out.none')}</p>
  return (
    <ul class="lines">
      {out.slice(0, MOST).map(({ asset, state, ids }) => (
        <li key={asset + state}>
          <button type="button" class="link" onClick={() => choose({ kind: 'sensor', id: ids[0]! })}>
            {assetName(asset)}
          </button>
          <State state={state} /> <span class="dim">{ids.map(partWords).filter(Boolean).join(', ')}</span>
        </li>
      ))}
      {out.length > MOST && <li class="dim">{t('stretch.more', { n: out.length - MOST })}</li>}
    </ul>
  )
}

function UnitList() {
  const all = Object.entries(units.value)
  const ready = all.filter(([, { state }]) => state === 'ready').length
  const busy = all.filter(([, { state }]) => state !== 'ready')
  return (
    <ul class="lines">
      <li>{t('stretch.units.ready', { n: ready, all: all.length })}</li>
      {busy.map(([id, unit]) => (
        <li key={id}>
          <button type="button" class="link" onClick={() => choose({ kind: 'unit', id })}>
            {unit.name}
          </button>
          <State state={unit.state} />
        </li>
      ))}
    </ul>
  )
}

/** The weather in one line. */
export function weatherWords(): string {
  const w = picture.value.weather
  if (!w) return ''
  const wind = t('sensors.wind', { w: w.wind_mps.toFixed(0), g: w.gust_mps.toFixed(0), a: w.wind_aloft_mps.toFixed(0) })
  const air = t('sensors.air', {
    t: w.temperature_c.toFixed(0),
    v: (w.visibility_m / 1000).toFixed(1),
    c: Math.round(w.cloud * 100),
    r: w.rain_mm_h.toFixed(1),
  })
  return `${air}. ${wind}.`
}

/** The weakest ways on foot towards home, worst first. */
function WeakWays() {
  return (
    <ul class="lines">
      {closure.value?.worst_ways.map(({ km, p, place, why }) => (
        <li key={km}>
          <button type="button" class="link" onClick={() => choose({ kind: 'km', km })}>
            {place}
          </button>{' '}
          <b>{probability(p)}</b> <span class="dim">{why}</span>
        </li>
      ))}
    </ul>
  )
}

function Now() {
  return (
    <>
      <Part title={t('stretch.weak')} when={stopping.value && !!closure.value}>
        <WeakWays />
        {closure.value && (
          <p class="dim">{t('stretch.weak.hint', { at: clock(closure.value.time, zone.value), ...closure.value.crews })}</p>
        )}
      </Part>
      <Part title={t('stretch.blind')}>
        <BlindList />
      </Part>
      <Part title={t('stretch.out')}>
        <OutList />
      </Part>
      <Part title={t('stretch.units')}>
        <UnitList />
      </Part>
      <Part title={t('stretch.weather')} when={!!picture.value.weather}>
        <p>{weatherWords()}</p>
      </Part>
    </>
  )
}

/** What the panel says when nothing is chosen: where the stretch is blind, what is out, who can go. */
export function StretchView() {
  return (
    <section class="inspector" aria-label={t('look.stretch')}>
      <h2>{t('look.stretch')}</h2>
      <div class="inspector-body" tabIndex={0} role="group" aria-label={t('look.stretch')}>
        {pictured.value ? <Now /> : <p class="dim">{t('strip.empty')}</p>}
        <p class="dim">{t('look.strip')}</p>
        <p class="dim">{t('look.hint')}</p>
      </div>
    </section>
  )
}
