import { batch, computed, signal } from '@preact/signals'
import type { Me, Message, Picture, Sector, TargetClass } from '../api/types'
import { measured, type Line, type Point } from '../lib/geo'
import { applyMessage, NOTHING } from './delta'
import { forget, remember, type Trails } from './history'
import { casesByTrack, queueOf } from './queue'
import { settings } from './settings'

/** Who is logged in: undefined while unknown, null when nobody is. */
export const me = signal<Me | null | undefined>(undefined)
/** Why the login page is shown, when there is a reason. */
export const loginReason = signal('')
/** The place, read once. */
export const sector = signal<Sector | null>(null)
/** What stands where, read once and again when asked. */
export const deployment = signal<GeoJSON.FeatureCollection | null>(null)
/** The live picture. */
export const picture = signal<Picture>(NOTHING)
/** When the last message came, by this machine's clock in ms; 0 before the first. */
export const heard = signal(0)
/** This machine's clock in ms, moved once a second. */
export const beat = signal(Date.now())
/** True once there is a picture; until then nothing may be said about the stretch, least of all that it is quiet. */
export const pictured = computed(() => heard.value > 0)
/** How the live line stands. */
export const line = signal<{ state: 'connecting' | 'open' | 'waiting'; retryAt: number }>({ state: 'connecting', retryAt: 0 })

/** The stream's clock, 0 before its first beat. */
export const time = computed(() => picture.value.time ?? 0)
export const tracks = computed(() => picture.value.tracks)
export const sensors = computed(() => picture.value.sensors)
export const units = computed(() => picture.value.units)
export const cases = computed(() => picture.value.cases)
export const strip = computed(() => picture.value.strip)
export const queue = computed(() => queueOf(cases.value, Object.keys(picture.value.hidden).length))
export const zone = computed(() => sector.value?.time_zone ?? 'UTC')

/** The most urgent case of each track. */
export const caseOf = computed(() => casesByTrack(cases.value))

/** The border with its chainage. */
export const border = computed<Line | null>(() =>
  sector.value ? measured(sector.value.border.coordinates as Point[], sector.value.length_km) : null,
)

/** True when km 0 lies east of the far end, so that a strip drawn as the map lies runs right to left. */
export const eastward = computed(() => {
  const points = border.value?.points
  return !!points && points[0]![0] > points.at(-1)![0]
})

/** True when the strip is drawn with km 0 at the right. */
export const flipped = computed(() => settings.value.likeMap && eastward.value)

/** Classes that the strip has figures for. */
export const stripClasses = computed(() => Object.keys(strip.value?.detect ?? {}) as TargetClass[])
/** The class whose figures the strip and the coverage show. */
export const target = computed<TargetClass>(() => {
  const known = stripClasses.value
  return known.includes(settings.value.target) ? settings.value.target : (known[0] ?? 'person')
})

/** After this much silence, ms, the picture greys and says so. */
export const STALE_MS = 6000
/** How old the picture is, ms; 0 while it is young enough. */
export const staleness = computed(() => {
  if (!heard.value) return 0
  const age = beat.value - heard.value
  return age > STALE_MS || line.value.state === 'waiting' ? Math.max(age, 1) : 0
})

/** Where tracks were headed, as far as this page knows. It grows with each message, before the picture changes. */
export const trails: Trails = new Map()
let forgotten = 0

/** Takes one message of the live line into the picture. */
export function take(message: Message): void {
  const next = applyMessage(picture.peek(), message)
  const changed = Object.keys(message.tracks ?? {}).flatMap((id) => (next.tracks[id] ? [[id, next.tracks[id]] as const] : []))
  const now = next.time ?? 0
  if (message.type === 'snapshot' && now < (picture.peek().time ?? 0)) trails.clear()
  remember(trails, Object.fromEntries(changed), now)
  if (Math.abs(now - forgotten) > 300) {
    forget(trails, now)
    forgotten = now
  }
  batch(() => {
    picture.value = next
    heard.value = Date.now()
  })
}
