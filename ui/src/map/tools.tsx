import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { t, word } from '../i18n'
import { Icon } from '../lib/icons'
import { set, settings } from '../state/settings'
import { sector, target } from '../state/store'
import { symbolUrl } from './symbols'
import { coverage, zoomOut } from './view'

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

/** What can be shown and hidden on the map, and whose data it is. */
export function MapTools() {
  const legend = useSignal(false)
  const { coverage: on, blind } = settings.value
  const place = sector.value
  return (
    <>
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
      {legend.value && <Legend />}
      <p class="map-credit">{place?.notices.join(' · ')}</p>
    </>
  )
}
