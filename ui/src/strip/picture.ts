import { computed } from '@preact/signals'
import { t } from '../i18n'
import { duration } from '../lib/format'
import { locate } from '../lib/geo'
import { choice, focus, hovered, hoverFocus } from '../state/choice'
import { shownWay, stopping } from '../state/closure'
import { settings } from '../state/settings'
import { border, caseOf, cases, picture, sector, strip, target, tracks, trails, units } from '../state/store'
import type { StripCase, StripPicture, StripTrack, StripUnit, Weight } from './draw'

function weightOf(track: string): Weight {
  const row = caseOf.value.get(track)
  return row ? (row.priority === 'rescue' ? 'rescue' : 'case') : 'free'
}

function stripTracks(): StripTrack[] {
  const chosen = focus.value.tracks
  const over = hoverFocus.value.tracks
  const ids = new Set([...trails.keys(), ...Object.keys(tracks.value)])
  return [...ids].map((id) => {
    const live = tracks.value[id]
    const trail = trails.get(id)
    const last = trail?.samples.at(-1)
    return {
      id,
      label: live?.label ?? trail?.label ?? 'unknown',
      km: live?.km ?? last?.km ?? 0,
      existence: live?.existence ?? last?.existence ?? 0,
      eta: live?.eta_s ?? null,
      homeward: live ? (live.direction === 'toward_home' ? true : live.direction === 'toward_other' ? false : null) : null,
      direction: live?.direction ?? 'still',
      weight: weightOf(id),
      live: live !== undefined,
      samples: trail?.samples ?? [],
      chosen: chosen.has(id),
      hovered: over.has(id),
    }
  })
}

function stripCases(): StripCase[] {
  return Object.entries(cases.value)
    .filter(([, row]) => row.km !== null)
    .map(([id, row]) => ({
      id,
      km: row.km!,
      opened: row.opened,
      waiting: row.state === 'open' || row.state === 'confirmed',
      rescue: row.priority === 'rescue' && row.state !== 'closed' && row.state !== 'dismissed',
      chosen: focus.value.case === id,
    }))
}

function stripUnits(): StripUnit[] {
  const line = border.value
  if (!line) return []
  return Object.entries(units.value).map(([id, unit]) => ({
    id,
    name: unit.name,
    km: locate(line, [unit.lon, unit.lat]).km,
    busy: unit.state === 'tasked' || unit.state === 'on_scene',
    chosen: focus.value.unit === id,
    reach: unit.reach_km ?? null,
  }))
}

const crossingKm = computed(() => {
  const line = border.value
  return line && sector.value ? sector.value.crossings.map((c) => locate(line, [c.lon, c.lat]).km) : []
})

/** All that the strip shows now. */
export const stripPicture = computed<StripPicture>(() => {
  const window = settings.value.window * 60
  const h = hovered.value
  return {
    time: picture.value.time ?? 0,
    band: stopping.value ? (shownWay.value?.km ?? []) : (strip.value?.detect[target.value] ?? []),
    blind: strip.value?.blind ?? [],
    tracks: stripTracks(),
    cases: stripCases(),
    units: stripUnits(),
    crossings: crossingKm.value,
    chosenKm: choice.value ? focus.value.km : null,
    hoverKm: h?.kind === 'km' ? h.km : hoverFocus.value.km,
    words: {
      coming: t('strip.next'),
      now: t('strip.now'),
      past: `−${duration(window)}`,
      ahead: `+${duration(Math.min(1800, window))}`,
      units: t('family.patrol'),
      band: 'P',
      km: 'km',
    },
  }
})
