import { effect, signal } from '@preact/signals'
import { api, type TrackStory } from '../api/client'
import { join } from '../state/history'
import { choice, focus } from '../state/choice'
import { tracks, trails } from '../state/store'

/** What the watch knows of the chosen track beyond the live picture: its way here, who saw it, why it is shown. */
export const story = signal<(TrackStory & { id: string }) | null>(null)

const AGAIN = 10000

async function read(id: string): Promise<void> {
  const found = await api.track(id).catch(() => null)
  if (!found || !focus.peek().tracks.has(id)) return
  story.value = { ...found, id }
  const known = found.history.filter((point) => point.km !== undefined)
  const label = tracks.peek()[id]?.label ?? 'unknown'
  join(trails, id, label, known.map(({ time, km, existence }) => ({ time, km: km!, existence: existence ?? 1 })), tracks.peek()[id]?.case)
}

/** Reads the story of whichever track is chosen, and again every ten seconds while it stays chosen. */
export function followStory(): () => void {
  let timer = 0
  const stop = effect(() => {
    void choice.value
    const [id] = focus.peek().tracks
    clearInterval(timer)
    if (story.peek()?.id !== id) story.value = null
    if (id === undefined) return
    void read(id)
    timer = window.setInterval(() => void read(id), AGAIN)
  })
  return () => {
    stop()
    clearInterval(timer)
  }
}
