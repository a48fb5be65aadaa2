import { effect, signal } from '@preact/signals'
import { api, type TrackStory } from '../api/client'
import { locate } from '../lib/geo'
import { choice, focus } from '../state/choice'
import { join, joinAll, type Sample } from '../state/history'
import { settings } from '../state/settings'
import { border, line, pictured, tracks, trails } from '../state/store'

/** What the watch knows of the chosen track beyond the live picture: its way here, who saw it, why it is shown. */
export const story = signal<(TrackStory & { id: string }) | null>(null)

const AGAIN = 10000

function samplesOf({ history }: TrackStory): Sample[] {
  const way = border.peek()
  if (!way) return []
  return history.map(({ time, lon, lat, existence }) => ({ time, km: locate(way, [lon, lat]).km, existence }))
}

async function read(id: string): Promise<TrackStory | null> {
  const found = await api.track(id).catch(() => null)
  const track = tracks.peek()[id]
  if (found && track) join(trails, id, track.label, samplesOf(found))
  return found
}

async function readChosen(id: string): Promise<void> {
  const found = await read(id)
  if (found && focus.peek().tracks.has(id)) story.value = { ...found, id }
}

/** Reads where everybody was as far back as the strip shows, when the page opens and when it comes to show more. */
function followPast(): () => void {
  let known = 0
  return effect(() => {
    const seconds = settings.value.window * 60
    if (!pictured.value || seconds <= known) return
    known = seconds
    void api.trails(seconds).then(
      (found) => joinAll(trails, found, (id) => tracks.peek()[id]?.label ?? 'unknown'),
      () => (known = 0),
    )
  })
}

function followChosen(): () => void {
  let timer = 0
  const stop = effect(() => {
    void choice.value
    const [id] = focus.peek().tracks
    clearInterval(timer)
    if (story.peek()?.id !== id) story.value = null
    if (id === undefined) return
    void readChosen(id)
    timer = window.setInterval(() => line.peek().state === 'open' && void readChosen(id), AGAIN)
  })
  return () => {
    stop()
    clearInterval(timer)
  }
}

/** Reads the story of whichever track is chosen, again every ten seconds, and the past of all once. */
export function followStory(): () => void {
  const ends = [followPast(), followChosen()]
  return () => ends.forEach((end) => end())
}
