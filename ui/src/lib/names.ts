import { computed } from '@preact/signals'
import type { Case, Classes, TargetClass, Track } from '../api/types'
import { t, word } from '../i18n'
import { deployment, sector, units } from '../state/store'
import { count, distance, interval, km, speed } from './format'

const assetNames = computed(() => {
  const names = new Map<string, string>()
  for (const feature of deployment.value?.features ?? []) {
    const { id, name } = (feature.properties ?? {}) as { id?: string; name?: string }
    if (id) names.set(id, name || plain(id))
  }
  return names
})

function plain(id: string): string {
  const text = id.replaceAll(/[-_]/g, ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** The name of an asset as people say it: `Tower 6`. */
export function assetName(id: string): string {
  return assetNames.value.get(id) ?? plain(id)
}

/** The name of a sensor as people say it: `Tower 6 radar`. */
export function sensorName(id: string): string {
  const [asset, part] = id.split('/')
  return part ? `${assetName(asset!)} ${word('family', part)}` : assetName(id)
}

/** The name of a unit as people say it. */
export function unitName(id: string): string {
  return units.value[id]?.name ?? plain(id)
}

/** The class a track most likely is. */
export function likeliest(classes: Classes): TargetClass {
  const [best] = Object.entries(classes).sort((a, b) => b[1] - a[1])
  return (best?.[0] ?? 'unknown') as TargetClass
}

/** What a track is, in words: `group of 6 to 9`, `vehicle`. */
export function trackWhat(track: Track): string {
  const what = word('class', track.label)
  const many = track.count && Math.ceil(track.count[2]) > 1
  return many ? `${what}, ${count(track.count)}` : what
}

/** One sentence about a track that has no case. */
export function trackSentence(track: Track): string {
  const home = sector.value?.home ?? ''
  const other = sector.value?.other ?? ''
  const eta = track.eta_s ? t('track.eta', { eta: interval(track.eta_s) }) : ''
  const text = t('track.sentence', {
    what: trackWhat(track),
    distance: distance(track.offset_m),
    side: t(track.offset_m >= 0 ? 'track.side.home' : 'track.side.other', { home, other }),
    km: track.km.toFixed(1),
    speed: speed(track.speed),
    direction: t(`direction.${track.direction}`, { home, other }),
    eta,
  })
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Where a case is, in words; an asset's name where there is no km. */
export function caseWhere(row: Case): string {
  if (row.km !== null) return km(row.km)
  return row.asset ? assetName(row.asset) : ''
}
