import { api, type Quarantine } from '../api/client'
import { t } from '../i18n'
import { Time } from '../panels/bits'
import { ReadingNote, Table, useReading, type Column } from './table'

type Line = Quarantine['latest'][number]
type Count = Quarantine['counts'][number]

const LINES: Column<Line>[] = [
  { name: 'col.wall', by: (row) => row.wall, cell: (row) => <Time at={row.wall} full /> },
  { name: 'col.source', by: (row) => row.source, cell: (row) => row.source },
  { name: 'col.reason', by: (row) => row.reason, cell: (row) => row.reason },
  { name: 'col.field', by: (row) => row.field, cell: (row) => row.field },
  { name: 'col.raw', cell: (row) => <code class="raw">{row.raw}</code> },
]

const COUNTS: Column<Count>[] = [
  { name: 'col.reason', by: (row) => row.cause, cell: (row) => row.cause },
  { name: 'col.times', by: (row) => row.count, cell: (row) => row.count, number: true },
]

function Found({ quarantine }: { quarantine: Quarantine }) {
  const { total, counts, latest } = quarantine
  if (!total) return <p class="dim">{t('quarantine.none')}</p>
  return (
    <>
      <details>
        <summary>{t('quarantine.counts', { n: total })}</summary>
        <Table rows={counts} columns={COUNTS} id={(row) => row.cause} none="" label={t('quarantine.counts', { n: total })} />
      </details>
      <Table rows={latest} columns={LINES} id={(row) => `${row.wall} ${row.line}`} none="" label={t('quarantine.title')} />
    </>
  )
}

/** Lines that were refused, as they came. */
export function QuarantineScreen() {
  const [reading, again] = useReading(api.quarantine)
  return (
    <>
      <h1>{t('quarantine.title')}</h1>
      <p>{t('quarantine.why')}</p>
      <ReadingNote reading={reading.value} what={t('quarantine.title')} again={again} />
      {reading.value.value && <Found quarantine={reading.value.value} />}
    </>
  )
}
