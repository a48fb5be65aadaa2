import type { ComponentChildren } from 'preact'
import { t, word } from '../i18n'
import { km as kmWords } from '../lib/format'
import { Icon } from '../lib/icons'
import { locate } from '../lib/geo'
import { caseWhere, sensorName } from '../lib/names'
import { choice, choose } from '../state/choice'
import { chosenCase } from '../state/doing'
import type { Choice } from '../state/route'
import { border, sensors, tracks, units } from '../state/store'
import { ActsPanel } from './acts'
import { CaseView } from './case'
import { StretchView } from './stretch'
import { KmView, SensorView, TrackView, UnitView } from './looks'
import { PlaceView } from './place'

type Look = { title: string; icon?: string; body: ComponentChildren }

function gone(title: string): Look {
  return { title, body: <p class="dim">{t('look.gone')}</p> }
}

function placeTitle(lon: number, lat: number): string {
  const near = border.value ? locate(border.value, [lon, lat]) : null
  return near ? `${t('look.place')}, ${kmWords(near.km)}` : t('look.place')
}

function lookAt(c: Choice): Look {
  const row = chosenCase.value
  if (c.kind === 'case' && row) {
    return {
      title: `${row.title}${row.km !== null ? `, ${caseWhere(row)}` : ''}`,
      icon: row.kind,
      body: <CaseView row={row} />,
    }
  }
  if (c.kind === 'case') return gone(c.id)
  if (c.kind === 'km') return { title: t('look.km', { km: c.km.toFixed(1) }), body: <KmView km={c.km} /> }
  if (c.kind === 'place') return { title: placeTitle(c.lon, c.lat), body: <PlaceView lon={c.lon} lat={c.lat} /> }
  if (c.kind === 'track') {
    const track = tracks.value[c.id]
    const title = t('look.track', { id: c.id })
    return track
      ? { title: `${title}, ${word('class', track.label)}`, icon: track.label, body: <TrackView id={c.id} track={track} /> }
      : gone(title)
  }
  if (c.kind === 'sensor') {
    const sensor = sensors.value[c.id]
    return sensor
      ? { title: sensorName(c.id), icon: sensor.family, body: <SensorView id={c.id} sensor={sensor} /> }
      : gone(sensorName(c.id))
  }
  const unit = units.value[c.id]
  return unit ? { title: unit.name, icon: 'patrol', body: <UnitView unit={unit} /> } : gone(c.id)
}

/** The one thing that is chosen: what it is, how sure that is, and what can be done. */
export function Inspector() {
  const c = choice.value
  if (!c) return <StretchView />
  const { title, icon, body } = lookAt(c)
  return (
    <section class="inspector" aria-labelledby="look-title">
      <h2>
        {icon && <Icon name={icon} size={16} />}
        <span id="look-title" dir="auto">
          {title}
        </span>
        <span class="spring" />
        <button type="button" class="plain" aria-label={t('look.close')} title={t('look.close')} onClick={() => choose(null)}>
          <Icon name="close" size={14} />
        </button>
      </h2>
      <div class="inspector-body" tabIndex={0} role="group" aria-labelledby="look-title">
        {body}
      </div>
      <ActsPanel />
    </section>
  )
}
