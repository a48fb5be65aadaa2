import { api, type QuarantineRow } from '../api/client'
import { t } from '../i18n'
import { Time } from '../panels/bits'
import { ReadingNote, Table, useReading, type Column } from './table'

const COLUMNS: Column<QuarantineRow>[] = [
  { name: 'col.time', by: (row) => row.arrival, cell: (row) => <Time at={row.arrival} full /> },
  { name: 'col.source', by: (row) => row.source, cell: (row) => row.source },
  { name: 'col.reason', by: (row) => row.reason, cell: (row) => row.reason },
  { name: 'col.field', by: (row) => row.field ?? '', cell: (row) => row.field ?? '' },
  { name: 'col.raw', cell: (row) => <code class="raw">{row.raw}</code> },
]

/** Lines that were refused, as they came. */
export function QuarantineScreen() {
  const [reading, again] = useReading(api.quarantine)
  return (
    <>
      <h1>{t('quarantine.title')}</h1>
      <p>{t('quarantine.why')}</p>
      <ReadingNote reading={reading.value} what={t('quarantine.title')} again={again} />
      {reading.value.value && <Table rows={reading.value.value} columns={COLUMNS} id={(row) => row.id} none={t('quarantine.none')} label={t('quarantine.title')} />}
    </>
  )
}
