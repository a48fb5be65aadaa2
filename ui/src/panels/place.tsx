import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { api } from '../api/client'
import type { Overflight, Sight, SightAnswer, SightLine } from '../api/types'
import { t, word } from '../i18n'
import { distance, interval, probability } from '../lib/format'
import { sensorName } from '../lib/names'
import { drawn } from '../lib/sightline'
import { target } from '../state/store'
import { Part } from './bits'

/** What one sensor makes of a place, in words. */
export function lookWords(row: Sight): string {
  const idle = ['off', 'grounded', 'wind'].includes(row.why)
  const why = row.why === 'sees' ? '' : ` (${t(`place.why.${row.why}`)})`
  if (row.can_see && row.p > 0) return t('place.sees', { p: probability(row.p) }) + why
  if (!idle && row.min_visible_height_m) return t('place.from', { h: row.min_visible_height_m.toFixed(1) }) + why
  return t('place.not') + why
}

/** What stands in the way of a line of sight, in words. */
export function lineWords({ blocked }: SightLine): string {
  if (!blocked) return t('place.line.clear')
  return t('place.line.blocked', { d: distance(blocked.distance_m), h: Math.max(blocked.over_m, 0.1).toFixed(1) })
}

/** What a drone could do about a place, in words. */
export function droneWords({ name, eta_s, why_not, p_recognise }: Overflight): string {
  if (!eta_s) return t('place.drone.not', { name, why: word('place.drone.why', why_not ?? '–') })
  return t('place.drone', { name, eta: interval(eta_s), p: probability(p_recognise ?? 0) })
}

const WIDTH = 300
const HEIGHT = 72
const FOOT = 14

/** The ground along a line of sight, as the sensor at its left end sees it, and the line over it. */
function SightLineView({ line, name }: { line: SightLine; name: string }) {
  const { ground, eye, top, foot, stop, low, high } = drawn(line, WIDTH, HEIGHT)
  const seen = stop ?? top
  return (
    <figure class="sight-line">
      <svg
        viewBox={`-5 -7 ${WIDTH + 10} ${HEIGHT + FOOT + 8}`}
        role="img"
        aria-label={t('place.line', { sensor: name })}
        direction="ltr"
      >
        {ground.map((outline) => (
          <path key={outline} class="sight-ground" d={outline} />
        ))}
        <line class="sight-ray" x1={eye.x} y1={eye.y} x2={seen.x} y2={seen.y} />
        {stop && <line class="sight-ray beyond" x1={stop.x} y1={stop.y} x2={top.x} y2={top.y} />}
        {foot && <line class="sight-body" x1={foot.x} y1={foot.y} x2={top.x} y2={top.y} />}
        <circle class="sight-eye" cx={eye.x} cy={eye.y} r="3.5" />
        <circle class={stop ? 'sight-end hidden' : 'sight-end'} cx={top.x} cy={top.y} r="3.5" />
        {stop && <path class="sight-stop" d={`M${stop.x - 4},${stop.y - 4}l8,8m0,-8l-8,8`} />}
        <text x="0" y={HEIGHT + FOOT - 2}>
          {Math.round(low)} – {Math.round(high)} m
        </text>
        <text x={WIDTH} y={HEIGHT + FOOT - 2} text-anchor="end">
          {distance(line.distance_m.at(-1) ?? 0)}
        </text>
      </svg>
      <figcaption>{lineWords(line)}</figcaption>
    </figure>
  )
}

function Look({ row, open }: { row: Sight; open: boolean }) {
  const words = `${sensorName(row.sensor)}: ${lookWords(row)}`
  if (!row.line) return <li class={row.can_see ? '' : 'dim'}>{words}</li>
  return (
    <li class={row.can_see ? '' : 'dim'}>
      <details open={open}>
        <summary>{words}</summary>
        <SightLineView line={row.line} name={sensorName(row.sensor)} />
      </details>
    </li>
  )
}

/** A place someone pointed at: which sensors see it along which line, and why the others do not. */
export function PlaceView({ lon, lat }: { lon: number; lat: number }) {
  const answer = useSignal<SightAnswer | string | null>(null)
  useEffect(() => {
    answer.value = null
    let mine = true
    api.sight(lon, lat, target.value).then(
      (found) => mine && (answer.value = found),
      (error: Error) => mine && (answer.value = error.message),
    )
    return () => {
      mine = false
    }
  }, [lon, lat, target.value])
  const found = answer.value
  if (found === null) return <p class="dim">{t('place.loading')}</p>
  if (typeof found === 'string') return <p class="dim">{t('load.failed', { what: t('look.place'), why: found })}</p>
  const first = found.sensors.find((row) => row.line)?.sensor
  return (
    <Part title={t('place.who', { class: word('class', target.value) })}>
      <p>{found.sensors.length ? t('place.any', { p: probability(found.p_any_look) }) : t('place.none')}</p>
      <ul class="lines">
        {found.sensors.map((row) => (
          <Look key={row.sensor} row={row} open={row.sensor === first} />
        ))}
        {found.drones.map((row) => (
          <li key={row.unit} class={row.eta_s ? '' : 'dim'}>
            {droneWords(row)}
          </li>
        ))}
      </ul>
    </Part>
  )
}
