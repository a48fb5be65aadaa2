import type { TrailAnswer } from '../api/client'
import type { Track } from '../api/types'

/** Where a track was headed at a time. */
export interface Sample {
  time: number
  km: number
  existence: number
}

/** What the strip remembers of one track. */
export interface Trail {
  label: Track['label']
  samples: Sample[]
}

export type Trails = Map<string, Trail>

/** Seconds that the strip looks back at most. */
export const MEMORY = 86400
const STEP = 10
const OLD = 3600
const OLD_STEP = 60

/** Adds the moment to the trails, at most one sample every ten seconds for each track. */
export function remember(trails: Trails, tracks: Record<string, Track>, time: number): void {
  for (const [id, track] of Object.entries(tracks)) {
    const trail = trails.get(id) ?? { label: track.label, samples: [] }
    trail.label = track.label
    const last = trail.samples.at(-1)
    const sample = { time, km: track.km, existence: track.existence }
    if (!last || time - last.time >= STEP) trail.samples.push(sample)
    trails.set(id, trail)
  }
}

function thin(samples: Sample[], time: number): Sample[] {
  let kept = -Infinity
  return samples.filter((sample) => {
    if (sample.time < time - MEMORY) return false
    if (sample.time < time - OLD && sample.time - kept < OLD_STEP) return false
    kept = sample.time
    return true
  })
}

/** Forgets what is older than a day and keeps one sample a minute of what is older than an hour. */
export function forget(trails: Trails, time: number): void {
  for (const [id, trail] of trails) {
    trail.samples = thin(trail.samples, time)
    if (!trail.samples.length) trails.delete(id)
  }
}

/** Joins samples from the watch's own history to a trail; the watch knows better where both speak. */
export function join(trails: Trails, id: string, label: Track['label'], known: Sample[]): void {
  const trail = trails.get(id) ?? { label, samples: [] }
  const end = known.at(-1)?.time ?? -Infinity
  trail.samples = [...known, ...trail.samples.filter((sample) => sample.time > end)]
  trails.set(id, trail)
}

/** Joins what the watch knows of everybody's way to the trails. */
export function joinAll(trails: Trails, known: Record<string, TrailAnswer>, labelOf: (id: string) => Track['label']): void {
  for (const [id, { time, km, existence }] of Object.entries(known)) {
    const samples = time.map((at, i) => ({ time: at, km: km[i]!, existence: existence[i]! }))
    join(trails, id, trails.get(id)?.label ?? labelOf(id), samples)
  }
}
