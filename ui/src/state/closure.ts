import { computed, effect, signal, untracked } from '@preact/signals'
import { api } from '../api/client'
import type { ClosureAnswer, ClosureRow } from '../api/types'
import { set, settings } from './settings'
import { line, pictured, sensors } from './store'

/** What the watch last reckoned can get through; null until it was asked. */
export const closure = signal<ClosureAnswer | null>(null)
/** How the question stands. */
export const reckoning = signal<'off' | 'reading' | 'shown' | 'failed'>('off')

const AGAIN = 60000

const out = computed(() =>
  Object.keys(sensors.value)
    .filter((id) => !['up', 'degraded'].includes(sensors.value[id]!.state))
    .join(),
)

/** Whether the strip shows how surely people are stopped rather than only seen. */
export const stopping = computed(() => settings.value.band === 'closure')

/** The name of a way of crossing in the settings. */
export const wayName = ({ mode, direction }: Pick<ClosureRow, 'mode' | 'direction'>): string => `${mode} ${direction}`

/** The way of crossing whose figures the strip shows. */
export const shownWay = computed<ClosureRow | null>(() => {
  const rows = closure.value?.closure ?? []
  return rows.find((row) => wayName(row) === settings.value.way) ?? rows[0] ?? null
})

/** Shows another mode, in the direction in use where there is one. */
export function showMode(mode: string): void {
  const rows = closure.peek()?.closure.filter((row) => row.mode === mode) ?? []
  const same = rows.find(({ direction }) => direction === shownWay.peek()?.direction) ?? rows[0]
  if (same) set({ way: wayName(same) })
}

/** Asks again while closure is shown: every minute, and when other sensors are out than before. */
export function followClosure(): () => void {
  let timer = 0
  const read = () => {
    if (line.peek().state !== 'open') return
    if (!closure.peek()) reckoning.value = 'reading'
    void api.closure().then(
      (answer) => {
        if (answer.time >= (closure.peek()?.time ?? 0)) closure.value = answer
        reckoning.value = 'shown'
      },
      () => (reckoning.value = 'failed'),
    )
  }
  const stop = effect(() => {
    const on = stopping.value && pictured.value
    void out.value
    clearInterval(timer)
    if (!on) return
    untracked(read)
    timer = window.setInterval(read, AGAIN)
  })
  return () => {
    stop()
    clearInterval(timer)
  }
}
