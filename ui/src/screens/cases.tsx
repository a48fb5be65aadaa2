import { useSignal } from '@preact/signals'
import { api } from '../api/client'
import type { CaseState } from '../api/types'
import { t, word } from '../i18n'
import { Icon } from '../lib/icons'
import { unitName } from '../lib/names'
import { Time } from '../panels/bits'
import { choose } from '../state/choice'
import type { Row } from '../state/queue'
import { cases, picture } from '../state/store'
import { ReadingNote, Table, useReading, type Column } from './table'

type Filter = CaseState | 'all' | 'held'

const FILTERS: Filter[] = ['all', 'open', 'confirmed', 'tasked', 'held', 'shelved', 'dismissed', 'closed']

const COLUMNS: Column<Row>[] = [
  {
    name: 'col.what',
    by: (row) => row.title,
    cell: (row) => (
      <button type="button" class="link" onClick={() => choose({ kind: 'case', id: row.id })}>
        <Icon name={row.kind} size={14} /> {row.title}
      </button>
    ),
  },
  { name: 'col.km', by: (row) => row.km ?? -1, cell: (row) => row.km?.toFixed(1) ?? '–', number: true },
  { name: 'col.state', by: (row) => row.state, cell: (row) => word('state', row.state) },
  { name: 'col.owner', by: (row) => row.owner ?? '', cell: (row) => row.owner ?? '–' },
  { name: 'col.unit', by: (row) => row.unit ?? '', cell: (row) => (row.unit ? unitName(row.unit) : '–') },
  { name: 'col.opened', by: (row) => row.opened, cell: (row) => <Time at={row.opened} full /> },
  { name: 'col.updated', by: (row) => row.updated, cell: (row) => <Time at={row.updated} full /> },
  { name: 'col.case', by: (row) => row.id, cell: (row) => row.id },
]

/** True when a case matches what is looked for: words, a km or a person. */
export function matches(row: Row, text: string): boolean {
  const hay = [row.id, row.title, row.sentence, row.owner, row.unit, row.asset, row.km?.toFixed(1)].join(' ').toLowerCase()
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((part) => hay.includes(part))
}

function passes(row: Row, filter: Filter): boolean {
  if (filter === 'all') return true
  return filter === 'held' ? row.hidden_by !== null : row.state === filter && row.hidden_by === null
}

function filterWords(filter: Filter): string {
  if (filter === 'all') return t('cases.all')
  return filter === 'held' ? t('cases.held') : word('state', filter)
}

/** Every case, also those that were dismissed, shelved or closed. */
export function CasesScreen() {
  const [reading, again] = useReading(api.cases)
  const filter = useSignal<Filter>('all')
  const text = useSignal('')
  const merged = new Map((reading.value.value ?? []).map((row) => [row.id, row]))
  for (const [id, row] of Object.entries({ ...picture.value.hidden, ...cases.value })) merged.set(id, { ...row, id })
  const rows = [...merged.values()].sort((a, b) => b.opened - a.opened)
  const shown = rows.filter((row) => passes(row, filter.value) && matches(row, text.value))
  return (
    <>
      <h1>{t('cases.title')}</h1>
      <div class="screen-tools">
        <div class="segments" role="group" aria-label={t('cases.filter')}>
          {FILTERS.map((name) => (
            <button key={name} type="button" aria-pressed={filter.value === name} onClick={() => (filter.value = name)}>
              {filterWords(name)} <span class="dim">{rows.filter((row) => passes(row, name)).length}</span>
            </button>
          ))}
        </div>
        <label class="inline">
          {t('cases.find')}{' '}
          <input
            type="search"
            placeholder={t('cases.find.hint')}
            onInput={(event) => (text.value = event.currentTarget.value)}
          />
        </label>
      </div>
      <ReadingNote reading={reading.value} what={t('cases.title')} again={again} />
      <Table rows={shown} columns={COLUMNS} id={(row) => row.id} none={t('cases.none')} label={t('cases.title')} />
    </>
  )
}
