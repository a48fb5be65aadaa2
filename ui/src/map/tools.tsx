import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { Asked } from '../api/types'
import { t, word } from '../i18n'
import { probability } from '../lib/format'
import { Icon } from '../lib/icons'
import { set, settings } from '../state/settings'
import { sector, target } from '../state/store'
import { symbolUrl } from './symbols'
import { asked, coverage, covered, zoomOut } from './view'

function Legend() {
  const pictures = useMemo(
    () => (['free', 'case', 'suspect', 'unit'] as const).map((kind) => [kind, symbolUrl(kind)] as const),
    [],
  )
  const words = {
    free: 'map.legend.track',
    case: 'map.legend.case',
    suspect: 'map.legend.suspect',
    unit: 'map.legend.unit',
  } as const
  return (
    <ul class="legend">
      {pictures.map(([kind, url]) => (
        <li key={kind}>
          <img src={url} alt="" />
          {t(words[kind])}
        </li>
      ))}
      <li>
        <span class="legend-leader" />
        {t('map.legend.leader')}
      </li>
      <li>
        <span class="hatch swatch" />
        {t('map.legend.blind')}
      </li>
      {sector.value?.notices.map((notice) => (
        <li key={notice} class="notice">
          {notice}
        </li>
      ))}
    </ul>
  )
}

function coverageWords(): string {
  if (coverage.value === 'shown') return word('class', target.value)
  return t(`map.coverage.${coverage.value}`)
}

const WEATHERS = ['', 'clear', 'haze', 'fog', 'rain', 'storm'] as const
const STATES = ['now', 'up', 'down'] as const

/** The hour, the weather and the aerostats that coverage is asked for, and what it comes to. */
function CoverageAsked() {
  const { hour, weather, state } = asked.value
  const beside = covered.value?.aerostats
  const change = (more: Partial<Asked>) => (asked.value = { ...asked.value, ...more })
  return (
    <div class="map-asked" role="group" aria-label={t('map.asked')}>
      <label>
        {t('map.asked.hour')}
        <select
          value={hour ?? ''}
          onChange={({ currentTarget: { value } }) => change({ hour: value === '' ? null : Number(value) })}
        >
          <option value="">{t('unit.now')}</option>
          {Array.from({ length: 24 }, (_, h) => (
            <option key={h} value={h}>{`${String(h).padStart(2, '0')}:00`}</option>
          ))}
        </select>
      </label>
      <label>
        {t('map.asked.weather')}
        <select value={weather} onChange={(event) => change({ weather: event.currentTarget.value as Asked['weather'] })}>
          {WEATHERS.map((name) => (
            <option key={name} value={name}>
              {t(`weather.${name || 'asis'}`)}
            </option>
          ))}
        </select>
      </label>
      {(beside || state !== 'now') && (
        <label>
          {t('map.asked.aerostats')}
          <select value={state} onChange={(event) => change({ state: event.currentTarget.value as Asked['state'] })}>
            {STATES.map((name) => (
              <option key={name} value={name}>
                {t(`map.asked.${name}`)}
              </option>
            ))}
          </select>
        </label>
      )}
      {covered.value && (
        <p>
          {t('map.asked.mean', { p: probability(covered.value.mean) })}
          {beside && `; ${t('map.asked.beside', { up: probability(beside.up), down: probability(beside.down) })}`}
          {covered.value.weather_stops > 0 && `; ${t('map.asked.stops', { n: covered.value.weather_stops })}`}
        </p>
      )}
    </div>
  )
}

/** What can be shown and hidden on the map, and whose data it is. */
export function MapTools() {
  const legend = useSignal(false)
  const { coverage: on, blind } = settings.value
  const place = sector.value
  return (
    <>
      <div class="map-top">
        <div class="map-tools">
          <button type="button" aria-pressed={on} onClick={() => set({ coverage: !on })}>
            {t('map.coverage')}: {coverageWords()}
          </button>
          <button type="button" aria-pressed={blind} onClick={() => set({ blind: !blind })}>
            {t('map.blind')}
          </button>
          <button type="button" onClick={zoomOut}>
            <Icon name="whole" size={14} /> {t('map.whole')}
          </button>
          <button type="button" aria-expanded={legend.value} onClick={() => (legend.value = !legend.value)}>
            {t('map.legend')}
          </button>
        </div>
        {on && <CoverageAsked />}
        {legend.value && <Legend />}
      </div>
      <p class="map-credit">{place?.notices.join(' · ')}</p>
    </>
  )
}
