import { effect, signal, untracked, useSignal } from '@preact/signals'
import * as maplibregl from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import 'maplibre-gl/dist/maplibre-gl.css'
import { useEffect, useRef } from 'preact/hooks'
import { api } from '../api/client'
import type { Sector } from '../api/types'
import { t } from '../i18n'
import { locate, pointAt, type Point } from '../lib/geo'
import { Tip } from '../panels/tip'
import { choice, choose, focus, hovered } from '../state/choice'
import { closure, stopping } from '../state/closure'
import type { Choice } from '../state/route'
import { settings } from '../state/settings'
import { border, caseOf, cases, deployment, queue, sector, sensors, strip, target, tracks, units } from '../state/store'
import * as data from './data'
import { POINTED, styleOf, type SourceName } from './layers'
import { story } from './story'
import { addSymbols } from './symbols'
import { MapTools } from './tools'
import { asked, coverage, covered, extent, MARGIN, placeOf, view } from './view'

maplibregl.setWorkerUrl(workerUrl)

type View = maplibregl.Map

function put(map: View, name: SourceName, features: GeoJSON.FeatureCollection): void {
  map.getSource<maplibregl.GeoJSONSource>(name)?.setData(features)
}

/** One ring round what is chosen, wherever it is. */
function spots(): GeoJSON.FeatureCollection {
  const c = choice.value
  const at = c && placeOf(c)
  return data.collect(at ? [ring(at, { case: 23, track: 20, unit: 17, sensor: 15, km: 12, place: 8 }[c.kind])] : [])
}

function ring(at: Point, radius: number): GeoJSON.Feature {
  return { type: 'Feature', geometry: { type: 'Point', coordinates: at }, properties: { radius } }
}

function hoverSpot(): GeoJSON.FeatureCollection {
  const h = hovered.value
  if (h?.kind === 'km' && border.value) return data.collect([ring(pointAt(border.value, h.km), 9)])
  const track =
    h?.kind === 'track'
      ? tracks.value[h.id]
      : h?.kind === 'case'
        ? tracks.value[String(cases.value[h.id]?.tracks[0] ?? '')]
        : undefined
  return data.collect(track ? [ring([track.lon, track.lat], 9)] : [])
}

/** Keeps every source of the map in step with the picture; each effect follows only what it reads. */
function follow(map: View, place: Sector): (() => void)[] {
  put(map, 'marks', data.kmMarks(place))
  put(map, 'places', data.places(place))
  put(map, 'crossings', data.crossings(place))
  put(map, 'water', data.water(place))
  if (border.value) {
    put(map, 'border', data.borderLine(border.value))
    put(map, 'sides', data.sideLabels(border.value, place.home_side ?? 'right'))
  }
  return [
    effect(() =>
      put(
        map,
        'blind',
        settings.value.blind && border.value && strip.value ? data.blindLines(border.value, strip.value) : data.collect([]),
      ),
    ),
    effect(() =>
      put(
        map,
        'assets',
        deployment.value ? data.assets(deployment.value, sensors.value, units.value, focus.value) : data.collect([]),
      ),
    ),
    effect(() => put(map, 'reach', data.reaches(sensors.value, deployment.value, focus.value.sensors))),
    effect(() => put(map, 'units', data.unitPoints(units.value, focus.value))),
    effect(() => put(map, 'tracks', data.trackPoints(tracks.value, caseOf.value, focus.value))),
    effect(() => put(map, 'leaders', data.leaders(tracks.value, caseOf.value))),
    effect(() => put(map, 'ellipses', data.ellipses(tracks.value, caseOf.value, focus.value))),
    effect(() => put(map, 'pins', data.casePins(queue.value.waiting, tracks.value, focus.value))),
    effect(() => put(map, 'history', data.historyLine(story.value?.history ?? []))),
    effect(() => put(map, 'ways', data.weakWays(stopping.value ? (closure.value?.worst_ways ?? []) : []))),
    effect(() => put(map, 'spot', spots())),
    effect(() => put(map, 'hover', hoverSpot())),
    followCoverage(map),
    followChoice(map),
  ]
}

function clearCoverage(map: View): void {
  if (map.getLayer('coverage')) map.removeLayer('coverage')
  if (map.getSource('coverage')) map.removeSource('coverage')
}

/** Shows the coverage of the class in use, read again when the blind km change. */
function followCoverage(map: View): () => void {
  let wanted = 0
  return effect(() => {
    const mine = ++wanted
    const on = settings.value.coverage
    const what = target.value
    const which = asked.value
    void strip.value?.blind
    coverage.value = on ? 'reading' : 'off'
    covered.value = null
    if (!on) return clearCoverage(map)
    const fail = () => mine === wanted && (coverage.value = 'failed')
    void api.coverage(what, which).then((answer) => {
      if (mine !== wanted) return
      const [w, s, e, n] = answer.bounds
      covered.value = answer
      clearCoverage(map)
      map.addSource('coverage', {
        type: 'image',
        url: new URL(answer.image, location.href).href,
        coordinates: [
          [w, n],
          [e, n],
          [e, s],
          [w, s],
        ],
      })
      map.addLayer(
        { id: 'coverage', source: 'coverage', type: 'raster', paint: { 'raster-opacity': 0.8, 'raster-fade-duration': 0 } },
        'blind',
      )
    }, fail)
  })
}

/** Notes when the picture of the coverage has come. */
function answerCoverage(map: View): void {
  map.on('sourcedata', ({ sourceId, isSourceLoaded }) => {
    if (sourceId === 'coverage' && isSourceLoaded) coverage.value = 'shown'
  })
}

/** Moves the map when what was just chosen lies out of sight; it does not run after it later. */
function followChoice(map: View): () => void {
  return effect(() => {
    const at = choice.value && untracked(() => placeOf(choice.value))
    if (at && !map.getBounds().contains(at)) map.easeTo({ center: at, duration: 250 })
  })
}

function choiceAt(map: View, { x, y }: maplibregl.Point): Choice | null {
  const box: [maplibregl.PointLike, maplibregl.PointLike] = [
    [x - 7, y - 7],
    [x + 7, y + 7],
  ]
  const found = map.queryRenderedFeatures(box, { layers: [...POINTED] })
  for (const layer of POINTED) {
    const id = found.find((feature) => feature.layer.id === layer)?.properties.id as string | undefined
    if (id === undefined) continue
    if (layer === 'tracks') return { kind: 'track', id }
    if (layer === 'pins') return { kind: 'case', id }
    if (layer === 'units') return { kind: 'unit', id }
    const sensor = Object.keys(sensors.value).find((name) => sensors.value[name]!.asset === id) ?? id
    return { kind: 'sensor', id: sensor }
  }
  return null
}

/** Where the pointer is on the map while it is over something. */
const pointer = signal<{ x: number; y: number } | null>(null)

function answerPointer(map: View): void {
  map.on('click', ({ point, lngLat }) => choose(choiceAt(map, point) ?? { kind: 'place', lon: lngLat.lng, lat: lngLat.lat }))
  map.on('mousemove', ({ point, lngLat }) => {
    const over = choiceAt(map, point)
    map.getCanvas().style.cursor = over ? 'pointer' : 'crosshair'
    hovered.value = over ?? nearKm([lngLat.lng, lngLat.lat])
    pointer.value = hovered.value && { x: point.x, y: point.y }
  })
  map.on('mouseout', () => {
    hovered.value = null
    pointer.value = null
  })
}

function nearKm(at: Point): Choice | null {
  if (!border.value) return null
  const { km, metres } = locate(border.value, at)
  return metres < 4000 ? { kind: 'km', km } : null
}

function makeMap(container: HTMLElement, place: Sector): View {
  const [west, south, east, north] = extent(place)
  const map = new maplibregl.Map({
    container,
    style: styleOf(place.bounds, sideWords(place)),
    bounds: [west, south, east, north],
    fitBoundsOptions: { padding: MARGIN },
    maxBounds: padded(place.bounds),
    attributionControl: false,
    fadeDuration: 0,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    keyboard: false,
  })
  map.touchZoomRotate.disableRotation()
  map.addControl(new maplibregl.ScaleControl({ maxWidth: 110 }), 'bottom-left')
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), 'bottom-right')
  return map
}

function sideWords({ home, other }: Sector): { home: string; other: string } {
  return { home: `${home.toUpperCase()} · ${t('map.home')}`, other: `${other.toUpperCase()} · ${t('map.other')}` }
}

function padded([w, s, e, n]: Sector['bounds']): [number, number, number, number] {
  const [dx, dy] = [(e - w) * 0.5, (n - s) * 0.5]
  return [w - dx, s - dy, e + dx, n + dy]
}

/** The map, and a plain sentence where a browser cannot draw one. */
export function MapPanel() {
  const box = useRef<HTMLDivElement>(null)
  const failed = useSignal(false)
  const place = sector.value

  useEffect(() => {
    if (!place || !box.current) return
    let stop: (() => void)[] = []
    let map: View
    try {
      map = makeMap(box.current, place)
    } catch {
      failed.value = true
      return
    }
    map.once('style.load', () => {
      addSymbols(map)
      stop = follow(map, place)
      answerPointer(map)
      answerCoverage(map)
      view.value = map
      box.current?.setAttribute('data-ready', 'true')
    })
    return () => {
      stop.forEach((end) => end())
      view.value = null
      map.remove()
    }
  }, [place])

  return (
    <section class="map" aria-label={t('map.label')}>
      <div class="map-view" dir="ltr" ref={box} />
      {failed.value && <p class="map-none">{t('map.none')}</p>}
      {pointer.value && hovered.value && <Tip over={hovered.value} {...pointer.value} width={box.current?.clientWidth ?? 0} />}
      <MapTools />
    </section>
  )
}
