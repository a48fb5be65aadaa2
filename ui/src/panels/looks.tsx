import type { Sensor, Track, Unit } from '../api/types'
import { t, word } from '../i18n'
import { ago, distance, interval, probability } from '../lib/format'
import { distanceBetween, pointAt, type Point } from '../lib/geo'
import { assetName, sensorName, trackSentence, trackWhat } from '../lib/names'
import { story } from '../map/story'
import { choose } from '../state/choice'
import { closure } from '../state/closure'
import { border, sensors, strip, stripClasses, time, tracks, units } from '../state/store'
import { ClassBars, Fact, Part, Time } from './bits'

/** A track that has no case. */
export function TrackView({ id, track }: { id: string; track: Track }) {
  const known = story.value?.id === id ? story.value : null
  return (
    <>
      <p class="sentence">{trackSentence(track)}</p>
      {!track.case && <p class="dim">{t('track.nocase')}</p>}
      <dl class="facts">
        <Fact name={t('track.existence')}>{probability(track.existence)}</Fact>
        <Fact name={t('track.first')}>
          <Time at={track.first} />
        </Fact>
        <Fact name={t('track.last')}>{ago(time.value - track.last)}</Fact>
        <Fact name={t('track.disposition')}>{t(`track.disposition.${track.disposition}`)}</Fact>
      </dl>
      <Part title={t('ev.classes')}>
        <ClassBars classes={track.classes} />
      </Part>
      <Part title={t('track.sensors')} when={!!known?.seen_by.length}>
        <ul class="lines">
          {known?.seen_by.map(({ sensor, hits, last }) => (
            <li key={sensor}>
              {sensorName(sensor)} <span class="figure">{t('ev.hits', { n: hits })}</span>{' '}
              <span class="dim">{ago(time.value - last)}</span>
            </li>
          ))}
        </ul>
      </Part>
      <Part title={t('track.why')} when={!!known?.events.length}>
        <ul class="lines">
          {known?.events.map(({ time: at, track: who, what, hits, existence, missed }) => (
            <li key={`${at} ${who} ${what}`}>
              <Time at={at} />{' '}
              {t(`track.why.${what}`, {
                track: String(who),
                hits: String(hits),
                p: probability(existence),
                missed: missed.toFixed(0),
              })}
            </li>
          ))}
        </ul>
      </Part>
    </>
  )
}

/** A sensor and what stands on the same asset. */
export function SensorView({ id, sensor }: { id: string; sensor: Sensor }) {
  const others = Object.entries(sensors.value).filter(([name, other]) => other.asset === sensor.asset && name !== id)
  return (
    <>
      <p class="sentence">
        {sensorName(id)}: <State state={sensor.state} />
        {sensor.detail && `, ${sensor.detail}`}
      </p>
      <dl class="facts">
        {sensor.reach_m !== null && <Fact name={t('sensor.reach')}>{distance(sensor.reach_m)}</Fact>}
        <Fact name={t('sensor.last')}>{sensor.last ? ago(time.value - sensor.last) : '–'}</Fact>
        <Fact name={t('sensor.family')}>{word('family', sensor.family)}</Fact>
        <Fact name={t('sensor.asset')}>{assetName(sensor.asset)}</Fact>
      </dl>
      <ul class="lines">
        {others.map(([name, other]) => (
          <li key={name}>
            <button type="button" class="link" onClick={() => choose({ kind: 'sensor', id: name })}>
              {sensorName(name)}
            </button>{' '}
            <State state={other.state} />
          </li>
        ))}
      </ul>
    </>
  )
}

/** A state as a word with a mark of its own shape; failures in red. */
export function State({ state }: { state: Sensor['state'] | Unit['state'] }) {
  return <span class={`state ${state}`}>{word('state', state)}</span>
}

/** One of our own units. */
export function UnitView({ unit }: { unit: Unit }) {
  return (
    <>
      <p class="sentence">
        {unit.name}: <State state={unit.state} />
      </p>
      <dl class="facts">
        <Fact name={t('unit.kind')}>{word('family', unit.kind)}</Fact>
        {unit.case && (
          <Fact name={t('ev.case')}>
            <button type="button" class="link" onClick={() => choose({ kind: 'case', id: unit.case! })}>
              {unit.case}
            </button>
          </Fact>
        )}
      </dl>
    </>
  )
}

function nearestUnits(at: Point) {
  return Object.entries(units.value)
    .map(([id, unit]) => ({ id, unit, metres: distanceBetween(at, [unit.lon, unit.lat]) }))
    .sort((a, b) => a.metres - b.metres)
    .slice(0, 3)
}

/** One kilometre: how well it is watched, who heads there, who is near. */
export function KmView({ km }: { km: number }) {
  const at = Math.min(Math.floor(km), (strip.value?.km.length ?? 1) - 1)
  const heading = Object.entries(tracks.value).filter(([, track]) => Math.abs(track.km - km) < 1)
  const here = border.value ? pointAt(border.value, km) : null
  return (
    <>
      {strip.value?.blind[at] && (
        <p class="sentence">
          <span class="hatch swatch" /> {t('km.blind', { why: strip.value.why[at] ?? '–' })}
        </p>
      )}
      <Part title={t('km.detect')} when={!!strip.value}>
        <ClassBars
          classes={Object.fromEntries(stripClasses.value.map((name) => [name, strip.value?.detect[name]?.[at] ?? 0]))}
        />
      </Part>
      <Part title={t('km.stopped')} when={!!closure.value}>
        <ul class="lines">
          {closure.value?.closure.map(({ mode, direction, km: p }) => (
            <li key={mode + direction}>
              {word('way', mode)} {word('way', direction)}{' '}
              <b>{p[at] === null || p[at] === undefined ? '–' : probability(p[at])}</b>
            </li>
          ))}
        </ul>
      </Part>
      <Part title={t('km.tracks')}>
        {heading.length === 0 && <p class="dim">{t('km.none')}</p>}
        <ul class="lines">
          {heading.map(([id, track]) => (
            <li key={id}>
              <button type="button" class="link" onClick={() => choose({ kind: 'track', id })}>
                {trackWhat(track)}
              </button>{' '}
              <span class="dim">
                {distance(track.offset_m)}
                {track.eta_s && `, ${interval(track.eta_s)}`}
              </span>
            </li>
          ))}
        </ul>
      </Part>
      <Part title={t('km.units')} when={!!here}>
        <ul class="lines">
          {here &&
            nearestUnits(here).map(({ id, unit, metres }) => (
              <li key={id}>
                <button type="button" class="link" onClick={() => choose({ kind: 'unit', id })}>
                  {unit.name}
                </button>{' '}
                <span class="dim">
                  {distance(metres)}, {word('state', unit.state)}
                </span>
              </li>
            ))}
        </ul>
      </Part>
    </>
  )
}
