import { computed, signal } from '@preact/signals'
import { locate } from '../lib/geo'
import { readRoute, writeRoute, type Choice, type Route, type Screen } from './route'
import { border, caseOf, cases, sensors, tracks, units } from './store'

/** Where the page is and what is chosen. */
export const route = signal<Route>(readRoute(location.hash))
export const choice = computed(() => route.value.choice)
/** What the pointer is over, in any of the three views. */
export const hovered = signal<Choice | null>(null)

/** What a choice means everywhere: the case, the tracks, the km, the sensors and the unit that go with it. */
export interface Focus {
  case: string | null
  tracks: Set<string>
  km: number | null
  sensors: Set<string>
  unit: string | null
}

function focusOf(c: Choice | null): Focus {
  const focus: Focus = { case: null, tracks: new Set(), km: null, sensors: new Set(), unit: null }
  if (!c) return focus
  if (c.kind === 'km') focus.km = c.km
  if (c.kind === 'place' && border.value) focus.km = locate(border.value, [c.lon, c.lat]).km
  if (c.kind === 'case') addCase(focus, c.id)
  if (c.kind === 'track') {
    const track = tracks.value[c.id]
    const owner = caseOf.value.get(c.id)
    if (owner) addCase(focus, owner.id)
    focus.tracks.add(c.id)
    focus.km = track?.km ?? focus.km
  }
  if (c.kind === 'sensor') focus.sensors.add(c.id)
  if (c.kind === 'unit') addUnit(focus, c.id)
  return focus
}

function addCase(focus: Focus, id: string): void {
  const row = cases.value[id]
  focus.case = id
  row?.tracks.forEach((track) => focus.tracks.add(String(track)))
  focus.km = row?.km ?? null
  focus.unit = row?.unit ?? null
  if (row?.asset) {
    for (const [name, sensor] of Object.entries(sensors.value)) {
      if (sensor.asset === row.asset || name === row.asset) focus.sensors.add(name)
    }
  }
}

function addUnit(focus: Focus, id: string): void {
  const unit = units.value[id]
  focus.unit = id
  focus.case = unit?.case ?? null
  if (unit && border.value) focus.km = locate(border.value, [unit.lon, unit.lat]).km
}

export const focus = computed(() => focusOf(choice.value))
export const hoverFocus = computed(() => focusOf(hovered.value))

function go(next: Route): void {
  const address = writeRoute(next)
  if (address !== location.hash) history.pushState(null, '', address)
  route.value = next
}

/** Chooses one thing everywhere; nothing clears. A track in a case chooses the case, which is what can be acted on. */
export function choose(next: Choice | null): void {
  const owner = next?.kind === 'track' ? caseOf.value.get(next.id) : null
  go({ screen: 'watch', choice: owner ? { kind: 'case', id: owner.id } : next })
}

/** Goes to a screen; the watch comes back as it was left. */
export function show(screen: Screen): void {
  go({ screen, choice: route.value.screen === 'watch' && screen === 'watch' ? choice.value : null })
}

/** Follows the address as the browser's own back and forward change it. */
export function followAddress(): () => void {
  const read = () => (route.value = readRoute(location.hash))
  addEventListener('popstate', read)
  addEventListener('hashchange', read)
  return () => {
    removeEventListener('popstate', read)
    removeEventListener('hashchange', read)
  }
}
