import type { Sensor } from '../api/types'
import { t, word } from '../i18n'
import { ago, distance } from '../lib/format'
import { Icon } from '../lib/icons'
import { locate } from '../lib/geo'
import { sensorName } from '../lib/names'
import { State } from '../panels/looks'
import { weatherWords } from '../panels/stretch'
import { choose } from '../state/choice'
import { border, picture, sensors, time } from '../state/store'
import { Table, type Column } from './table'

type Row = Sensor & { id: string; km: number | null }

const WORST = ['down', 'silent', 'grounded', 'recovering', 'degraded', 'up']

const COLUMNS: Column<Row>[] = [
  {
    name: 'col.sensor',
    by: (row) => sensorName(row.id),
    cell: (row) => (
      <button type="button" class="link" onClick={() => choose({ kind: 'sensor', id: row.id })}>
        <Icon name={row.family} size={14} /> {sensorName(row.id)}
      </button>
    ),
  },
  { name: 'col.state', by: (row) => WORST.indexOf(row.state), cell: (row) => <State state={row.state} /> },
  { name: 'col.km', by: (row) => row.km ?? -1, cell: (row) => row.km?.toFixed(1) ?? '–', number: true },
  { name: 'col.family', by: (row) => row.family, cell: (row) => word('family', row.family) },
  {
    name: 'col.reach',
    by: (row) => row.reach_m ?? 0,
    cell: (row) => (row.reach_m === null ? '–' : distance(row.reach_m)),
    number: true,
  },
  {
    name: 'col.last',
    by: (row) => time.value - (row.last ?? 0),
    cell: (row) => (row.last ? ago(time.value - row.last) : '–'),
    number: true,
  },
  { name: 'col.detail', cell: (row) => row.detail ?? '' },
]

function Weather() {
  if (!picture.value.weather) return null
  return (
    <p>
      <b>{t('sensors.weather')}.</b> {weatherWords()}
    </p>
  )
}

function Flow() {
  const h = picture.value.health
  if (!h) return null
  const values = {
    ingest: Math.round(h.ingest_per_s),
    lag: h.journal_lag_s.toFixed(2),
    refused: h.refused,
    quarantined: h.quarantined,
    late: h.late,
  }
  return (
    <p>
      <b>{t('sensors.flow')}.</b> {t('sensors.flow.text', values)}
    </p>
  )
}

/** Every sensor with its state, the worst first, and the weather they see through. */
export function SensorsScreen() {
  const rows: Row[] = Object.entries(sensors.value)
    .map(([id, sensor]) => ({ ...sensor, id, km: border.value ? locate(border.value, [sensor.lon, sensor.lat]).km : null }))
    .sort((a, b) => WORST.indexOf(a.state) - WORST.indexOf(b.state) || (a.km ?? 0) - (b.km ?? 0))
  return (
    <>
      <h1>{t('sensors.title')}</h1>
      <Weather />
      <Flow />
      <Table rows={rows} columns={COLUMNS} id={(row) => row.id} none="–" label={t('sensors.title')} />
    </>
  )
}
