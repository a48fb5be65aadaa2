import { useSignal, type Signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { t, type Key } from '../i18n'

/** One column: its heading, what stands in a cell, and what it is sorted by. */
export interface Column<Row> {
  name: Key
  cell: (row: Row) => ComponentChildren
  by?: (row: Row) => string | number
  number?: boolean
}

function sorted<Row>(rows: Row[], columns: Column<Row>[], order: { at: number; down: boolean } | null): Row[] {
  const by = order ? columns[order.at]?.by : undefined
  if (!by || !order) return rows
  const sign = order.down ? -1 : 1
  return [...rows].sort((a, b) => {
    const [x, y] = [by(a), by(b)]
    return sign * (typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y)))
  })
}

/** A plain table whose columns sort. */
export function Table<Row>({
  rows,
  columns,
  id,
  none,
  label,
}: {
  rows: Row[]
  columns: Column<Row>[]
  id: (row: Row) => string | number
  none: string
  label: string
}) {
  const order = useSignal<{ at: number; down: boolean } | null>(null)
  const turn = (at: number) => (order.value = order.value?.at === at ? { at, down: !order.value.down } : { at, down: false })
  const direction = (at: number) => (order.value?.at !== at ? undefined : order.value.down ? 'descending' : 'ascending')
  if (!rows.length) return <p class="dim">{none}</p>
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((column, at) => (
              <th key={column.name} scope="col" aria-sort={direction(at)} class={column.number ? 'number' : ''}>
                {column.by ? (
                  <button type="button" onClick={() => turn(at)}>
                    {t(column.name)}
                    <span aria-hidden="true">{direction(at) === 'ascending' ? ' ↑' : direction(at) ? ' ↓' : ''}</span>
                  </button>
                ) : (
                  t(column.name)
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted(rows, columns, order.value).map((row) => (
            <tr key={id(row)}>
              {columns.map((column) => (
                <td key={column.name} class={column.number ? 'number' : ''}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Something read from the watch: not yet, there, or not to be had. */
export type Reading<T> = { value: T | null; problem: string }

/** Reads something when the screen opens; the second part reads it again. */
export function useReading<T>(read: () => Promise<T>): [Signal<Reading<T>>, () => void] {
  const found = useSignal<Reading<T>>({ value: null, problem: '' })
  const again = () => {
    read().then(
      (value) => (found.value = { value, problem: '' }),
      (error: Error) => (found.value = { value: null, problem: error.message }),
    )
  }
  useEffect(again, [])
  return [found, again]
}

/** Says that something is being read, or why it could not be. */
export function ReadingNote({ reading, what, again }: { reading: Reading<unknown>; what: string; again: () => void }) {
  if (reading.problem) {
    return (
      <p role="alert">
        {t('load.failed', { what, why: reading.problem })}{' '}
        <button type="button" onClick={again}>
          {t('load.again')}
        </button>
      </p>
    )
  }
  return reading.value === null ? <p class="dim">{t('load.loading', { what })}</p> : null
}
