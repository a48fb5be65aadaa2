import { effect, signal } from '@preact/signals'
import { api, type TrackStory } from '../api/client'
import { locate } from '../lib/geo'
import { choice, focus } from '../state/choice'
import { join, type Sample } from '../state/history'
import { border, line, tracks, trails } from '../state/store'

/** What the watch knows of the chosen track beyond the live picture: its way here, who saw it, why it is shown. */
export const story = signal<(TrackStory & { id: string }) | null>(null)

const AGAIN = 10000
const AT_ONCE = 4

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

/** Reads where the tracks of now came from, once when the page opens, so that the strip does not begin empty. */
async function readPast(): Promise<void> {
  const ids = Object.keys(tracks.peek())
  const next = async (): Promise<void> => {
    const id = ids.pop()
    if (id === undefined || line.peek().state !== 'open') return
    await read(id)
    await next()
  }
  await Promise.all(Array.from({ length: AT_ONCE }, next))
}

function followPast(): () => void {
  let begun = false
  return effect(() => {
    if (begun || !border.value || !Object.keys(tracks.value).length) return
    begun = true
    void readPast()
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
