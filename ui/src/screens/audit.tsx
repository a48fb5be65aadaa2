import { useSignal } from '@preact/signals'
import { api, type AuditEntry } from '../api/client'
import { t } from '../i18n'
import { stamp } from '../lib/format'
import { Time } from '../panels/bits'
import { choose } from '../state/choice'
import { zone } from '../state/store'
import { ReadingNote, Table, useReading, type Column } from './table'

const PAGE = 500

function CaseLink({ id }: { id: string }) {
  return (
    <button type="button" class="link" onClick={() => choose({ kind: 'case', id })}>
      {id}
    </button>
  )
}

function valueWords(name: string, value: unknown): string {
  if (name === 'time' && typeof value === 'number') return stamp(value, zone.value).local
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The detail of an entry as words: `reason animal; journal 4711`. */
export function detailWords(detail: Record<string, unknown>): string {
  return Object.entries(detail)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `${name} ${valueWords(name, value)}`)
    .join('; ')
}

const COLUMNS: Column<AuditEntry>[] = [
  { name: 'col.seq', by: (row) => row.seq, cell: (row) => row.seq, number: true },
  { name: 'col.wall', by: (row) => row.time, cell: (row) => <Time at={row.time} full /> },
  { name: 'col.user', by: (row) => row.user, cell: (row) => row.user },
  { name: 'col.verb', by: (row) => row.verb, cell: (row) => row.verb },
  {
    name: 'col.case',
    by: (row) => row.object,
    cell: (row) => (row.object.startsWith('case-') ? <CaseLink id={row.object} /> : row.object),
  },
  { name: 'col.detail', cell: (row) => detailWords(row.detail) },
  { name: 'col.hash', cell: (row) => <code title={row.hash}>{row.hash.slice(0, 10)}</code> },
]

function Verify() {
  const words = useSignal('')
  const broken = useSignal(false)
  const run = async () => {
    words.value = t('audit.verifying')
    try {
      const { entries, wrong } = await api.verify()
      broken.value = wrong.length > 0
      words.value = broken.value ? t('audit.bad', { what: wrong[0]! }) : t('audit.ok', { n: entries })
    } catch (error) {
      broken.value = true
      words.value = (error as Error).message
    }
  }
  return (
    <>
      <button type="button" onClick={() => void run()}>
        {t('audit.verify')}
      </button>
      <span role="status" class={broken.value ? 'bad' : 'good'}>
        {words.value}
      </span>
    </>
  )
}

/** Every act: who, what, when, sealed. */
export function AuditScreen() {
  const [reading, again] = useReading(() => api.audit(-1, PAGE))
  return (
    <>
      <h1>{t('audit.title')}</h1>
      <p>{t('audit.why')}</p>
      <div class="screen-tools">
        <Verify />
        <span class="spring" />
        <a class="button" href="/api/audit/export" download="limes-audit.jsonl">
          {t('audit.export')}
        </a>
      </div>
      <ReadingNote reading={reading.value} what={t('audit.title')} again={again} />
      {reading.value.value && (
        <Table
          rows={[...reading.value.value].reverse()}
          columns={COLUMNS}
          id={(row) => row.seq}
          none={t('audit.none')}
          label={t('audit.title')}
        />
      )}
    </>
  )
}
