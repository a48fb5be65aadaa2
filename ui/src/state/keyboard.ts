import { choice, choose, focus, route } from './choice'
import { draft, key, sending, undo } from './doing'
import { step } from './queue'
import { set, settings } from './settings'
import { queue, stripClasses, target } from './store'

/** Called by Z: fits the map to the choice, or to the whole stretch. */
export type Zoom = () => void

function typing(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null
  return !!element?.closest?.('input, textarea, select, dialog[open]')
}

function walkQueue(by: number): void {
  const { waiting, underway } = queue.peek()
  const next = step(
    [...waiting, ...underway].map(({ id }) => id),
    focus.peek().case,
    by,
  )
  if (!next) return
  choose({ kind: 'case', id: next })
  document.getElementById(`case-${next}`)?.focus()
}

function turn<T>(all: readonly T[], now: T): T {
  return all[(all.indexOf(now) + 1) % all.length] ?? now
}

const VIEW: Record<string, (zoom: Zoom) => void> = {
  k: () => set({ target: turn(stripClasses.peek(), target.peek()) }),
  t: () => set({ window: turn([30, 360, 1440] as const, settings.peek().window) }),
  b: () => set({ band: settings.peek().band === 'detect' ? 'closure' : 'detect' }),
  v: () => set({ coverage: !settings.peek().coverage }),
  m: () => set({ sound: !settings.peek().sound }),
  z: (zoom) => zoom(),
}

/** What one key does on the watch; true when it meant something. */
export function watchKey(name: string, zoom: Zoom): boolean {
  if (key(name)) return true
  const busy = draft.peek() !== null || sending.peek()
  if (busy && !name.startsWith('Arrow')) return false
  if (name === 'Escape' && choice.peek()) {
    choose(null)
    return true
  }
  if (name === 'ArrowDown' || name === 'ArrowUp') {
    walkQueue(name === 'ArrowDown' ? 1 : -1)
    return true
  }
  const lower = name.toLowerCase()
  if (lower === 'u') return undo()
  VIEW[lower]?.(zoom)
  return lower in VIEW
}

/** Listens to the keyboard while the page is open; `help` opens the list of keys. */
export function followKeys(zoom: Zoom, help: () => void): () => void {
  const listen = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return
    if (event.key === '?') return help()
    if (route.peek().screen !== 'watch') return
    const pressing = (event.target as HTMLElement).closest?.('button, a, [role=slider]')
    if (event.key === 'Enter' && pressing && !(draft.peek() && !pressing.closest('.acts'))) return
    if (
      event.key.startsWith('Arrow') &&
      pressing?.matches('[role=slider]') &&
      event.key !== 'ArrowUp' &&
      event.key !== 'ArrowDown'
    )
      return
    if (watchKey(event.key, zoom)) event.preventDefault()
  }
  addEventListener('keydown', listen)
  return () => removeEventListener('keydown', listen)
}
