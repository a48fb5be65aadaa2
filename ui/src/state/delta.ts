import type { Message, Picture } from '../api/types'

/** The picture before anything has been heard. */
export const NOTHING: Picture = {
  seq: 0,
  time: null,
  wall: 0,
  mode: 'live',
  speed: 1,
  badges: [],
  weather: null,
  load: null,
  health: null,
  sensors: {},
  units: {},
  tracks: {},
  cases: {},
  hidden: {},
  strip: null,
}

const TABLES = ['sensors', 'units', 'tracks', 'cases'] as const
const WHOLE = ['time', 'wall', 'mode', 'speed', 'badges', 'weather', 'load', 'health', 'hidden'] as const

type Row = Record<string, unknown>

function mergeTable(
  old: Record<string, Row>,
  changed: Record<string, Row> | undefined,
  gone: (string | number)[],
): Record<string, Row> {
  if (!changed && !gone.length) return old
  const next = { ...old }
  for (const [id, row] of Object.entries(changed ?? {})) next[id] = { ...next[id], ...row }
  for (const id of gone) delete next[String(id)]
  return next
}

/**
 * The picture after one message: a snapshot replaces it, a delta changes what it names and nothing else.
 * A delta older than the picture is ignored. Tables that did not change keep their identity.
 */
export function applyMessage(picture: Picture, message: Message): Picture {
  const fresh = message.type === 'snapshot'
  if (!fresh && message.seq <= picture.seq) return picture
  const base = fresh ? NOTHING : picture
  const next = { ...base, seq: message.seq } as Record<string, unknown>
  for (const key of WHOLE) if (message[key] !== undefined) next[key] = message[key]
  if (message.strip) next.strip = { ...base.strip, ...message.strip }
  for (const name of TABLES) {
    next[name] = mergeTable(base[name] as never, message[name] as never, (!fresh && message.gone?.[name]) || [])
  }
  return next as unknown as Picture
}
