import type { LayerSpecification, StyleSpecification } from 'maplibre-gl'
import { PALETTE } from '../lib/palette'
import { HATCH } from './images'

const LABEL_FONT = ['IBM Plex Sans']
const CHOSEN = ['boolean', ['get', 'chosen'], false]
const RESCUE = ['boolean', ['get', 'rescue'], false]

/** Sources that hold features; each starts empty and is filled from the live picture. */
export const SOURCES = [
  'water',
  'border',
  'sides',
  'blind',
  'marks',
  'places',
  'crossings',
  'assets',
  'reach',
  'ways',
  'ellipses',
  'history',
  'leaders',
  'pins',
  'tracks',
  'units',
  'hover',
  'spot',
] as const
export type SourceName = (typeof SOURCES)[number]

/** Layers that answer the pointer, the first the most wanted. */
export const POINTED = ['tracks', 'pins', 'units', 'assets', 'asset-lines'] as const

const halo = { 'text-color': PALETTE.text, 'text-halo-color': PALETTE.ground, 'text-halo-width': 1.4 }

function label(
  id: string,
  source: SourceName,
  more: { layout?: object; paint?: object; filter?: unknown },
): LayerSpecification {
  return {
    id,
    source,
    type: 'symbol',
    ...(more.filter ? { filter: more.filter } : {}),
    layout: { 'text-field': ['get', 'text'], 'text-font': LABEL_FONT, 'text-size': 12, ...more.layout },
    paint: { ...halo, ...more.paint },
  } as LayerSpecification
}

const borderLayers = [
  {
    id: 'water',
    source: 'water',
    type: 'line',
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-color': '#456a80', 'line-width': ['interpolate', ['linear'], ['zoom'], 8, 2, 12, 6] },
  },
  {
    id: 'blind',
    source: 'blind',
    type: 'line',
    layout: { 'line-cap': 'butt' },
    paint: { 'line-pattern': 'hatch', 'line-width': HATCH },
  },
  {
    id: 'border-under',
    source: 'border',
    type: 'line',
    layout: { 'line-join': 'round' },
    paint: { 'line-color': PALETTE.ground, 'line-width': 4.5, 'line-opacity': 0.85 },
  },
  {
    id: 'border',
    source: 'border',
    type: 'line',
    layout: { 'line-join': 'round' },
    paint: { 'line-color': PALETTE.text, 'line-width': 1.6 },
  },
  {
    id: 'marks',
    source: 'marks',
    type: 'circle',
    filter: ['>=', ['zoom'], ['get', 'from']],
    paint: {
      'circle-radius': 2.6,
      'circle-color': PALETTE.ground,
      'circle-stroke-color': PALETTE.text,
      'circle-stroke-width': 1.3,
    },
  },
] as unknown as LayerSpecification[]

const assetLayers = [
  {
    id: 'asset-lines',
    source: 'assets',
    type: 'line',
    filter: ['==', ['geometry-type'], 'LineString'],
    paint: {
      'line-color': ['match', ['get', 'family'], 'wall', '#b8a58c', 'fence', '#a8b4a0', 'fibre', '#8fb5c9', '#9aa8b0'],
      'line-width': ['case', CHOSEN, 4, 2],
      'line-dasharray': [
        'match',
        ['get', 'family'],
        'fibre',
        ['literal', [1, 2]],
        'fence',
        ['literal', [4, 2]],
        ['literal', [1, 0]],
      ],
      'line-offset': ['match', ['get', 'family'], 'fibre', 5, 'fence', 3, 4],
      'line-opacity': 0.75,
    },
  },
  {
    id: 'assets',
    source: 'assets',
    type: 'symbol',
    filter: [
      'all',
      ['==', ['geometry-type'], 'Point'],
      [
        'any',
        ['>=', ['zoom'], ['match', ['get', 'family'], ['aerostat', 'tower', 'post'], 0, 10.3]],
        ['!=', ['get', 'state'], 'up'],
        CHOSEN,
      ],
    ],
    layout: {
      'icon-image': ['get', 'image'],
      'icon-size': ['interpolate', ['linear'], ['zoom'], 8, 0.72, 11, 1],
      'icon-allow-overlap': true,
      'symbol-sort-key': ['match', ['get', 'state'], 'up', 0, 1],
    },
  },
] as unknown as LayerSpecification[]

const trackLayers = [
  {
    id: 'ways',
    source: 'ways',
    type: 'line',
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-color': '#e9a23b', 'line-width': 2, 'line-dasharray': [1, 1.6] },
  },
  { id: 'reach', source: 'reach', type: 'fill', paint: { 'fill-color': PALETTE.accent, 'fill-opacity': 0.08 } },
  {
    id: 'reach-edge',
    source: 'reach',
    type: 'line',
    paint: { 'line-color': PALETTE.accent, 'line-width': 1.2, 'line-dasharray': [3, 2] },
  },
  {
    id: 'ellipses',
    source: 'ellipses',
    type: 'fill',
    paint: { 'fill-color': PALETTE.unknown, 'fill-opacity': ['case', CHOSEN, 0.2, 0.1] },
  },
  {
    id: 'ellipse-edges',
    source: 'ellipses',
    type: 'line',
    paint: { 'line-color': PALETTE.unknown, 'line-width': ['case', CHOSEN, 1.4, 0.8], 'line-opacity': 0.8 },
  },
  {
    id: 'history-under',
    source: 'history',
    type: 'line',
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-color': PALETTE.ground, 'line-width': 5, 'line-opacity': 0.6 },
  },
  {
    id: 'history',
    source: 'history',
    type: 'line',
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-color': PALETTE.text, 'line-width': 1.8 },
  },
  {
    id: 'leaders',
    source: 'leaders',
    type: 'line',
    paint: {
      'line-color': PALETTE.unknown,
      'line-width': ['case', ['boolean', ['get', 'case'], false], 1.8, 1.1],
      'line-opacity': ['case', ['boolean', ['get', 'case'], false], 1, 0.6],
    },
  },
] as unknown as LayerSpecification[]

const pointLayers = [
  {
    id: 'units',
    source: 'units',
    type: 'symbol',
    layout: {
      'icon-image': ['get', 'image'],
      'icon-size': ['interpolate', ['linear'], ['zoom'], 8.5, 0.8, 11, 1],
      'icon-allow-overlap': true,
    },
    paint: { 'icon-opacity': ['case', ['boolean', ['get', 'faint'], false], 0.5, 1] },
  },
  {
    id: 'tracks',
    source: 'tracks',
    type: 'symbol',
    layout: {
      'icon-image': ['get', 'image'],
      'icon-size': ['interpolate', ['linear'], ['zoom'], 8.5, 0.8, 11, 1],
      'icon-allow-overlap': true,
      'icon-ignore-placement': true,
      'symbol-sort-key': ['get', 'weight'],
    },
  },
  {
    id: 'pins',
    source: 'pins',
    type: 'circle',
    paint: {
      'circle-radius': ['case', CHOSEN, 20, 17],
      'circle-color': 'rgba(0,0,0,0)',
      'circle-stroke-width': ['case', RESCUE, 3.5, CHOSEN, 2.5, 1.4],
      'circle-stroke-color': ['case', RESCUE, PALETTE.distress, CHOSEN, PALETTE.accent, PALETTE.text],
    },
  },
  {
    id: 'spot',
    source: 'spot',
    type: 'circle',
    paint: {
      'circle-radius': ['get', 'radius'],
      'circle-color': 'rgba(124,196,255,0.05)',
      'circle-stroke-color': PALETTE.accent,
      'circle-stroke-width': 2.5,
    },
  },
  {
    id: 'hover',
    source: 'hover',
    type: 'circle',
    paint: {
      'circle-radius': 9,
      'circle-color': 'rgba(0,0,0,0)',
      'circle-stroke-color': PALETTE.text,
      'circle-stroke-width': 1.5,
      'circle-stroke-opacity': 0.9,
    },
  },
] as unknown as LayerSpecification[]

const labels = [
  label('mark-labels', 'marks', {
    filter: ['>=', ['zoom'], ['get', 'from']],
    layout: { 'text-size': 11, 'text-offset': [0, -1], 'text-padding': 1 },
    paint: { 'text-color': '#cfd9de' },
  }),
  label('crossings', 'crossings', {
    layout: {
      'icon-image': 'crossing',
      'icon-size': 0.8,
      'icon-allow-overlap': true,
      'text-optional': true,
      'text-size': 11,
      'text-anchor': 'top',
      'text-offset': [0, 0.8],
    },
  }),
  label('places', 'places', {
    filter: ['>=', ['zoom'], ['get', 'from']],
    layout: {
      'text-size': ['interpolate', ['linear'], ['zoom'], 8, 11, 12, 13],
      'symbol-sort-key': ['get', 'rank'],
      'text-padding': 6,
    },
    paint: { 'text-color': '#b9c5cc' },
  }),
  label('way-labels', 'ways', {
    layout: { 'symbol-placement': 'line-center', 'text-size': 11, 'text-allow-overlap': true },
    paint: { 'text-color': '#f0bf74' },
  }),
  label('unit-labels', 'units', {
    filter: ['>=', ['zoom'], 10.5],
    layout: { 'text-size': 11, 'text-anchor': 'top', 'text-offset': [0, 0.95], 'text-optional': true },
    paint: { 'text-color': PALETTE.own },
  }),
]

function side(id: string, text: string, home: boolean): LayerSpecification {
  return {
    id,
    source: 'sides',
    type: 'symbol',
    filter: ['==', ['get', 'home'], home],
    layout: {
      'text-rotate': ['get', 'turn'],
      'text-rotation-alignment': 'map',
      'text-field': text,
      'text-font': LABEL_FONT,
      'text-size': 12,
      'text-letter-spacing': 0.16,
      'text-max-width': 40,
      'text-allow-overlap': true,
      'text-ignore-placement': true,
    },
    paint: { 'text-color': '#c3ced5', 'text-halo-color': PALETTE.ground, 'text-halo-width': 1.4 },
  }
}

/** The style of the map: the sector's own hillshade below, what stands there, what moves there. No address but our own. */
export function styleOf(bounds: [number, number, number, number], sides: { home: string; other: string }): StyleSpecification {
  const empty = { type: 'geojson', data: { type: 'FeatureCollection', features: [] } } as const
  return {
    version: 8,
    sources: {
      hillshade: {
        type: 'raster',
        tiles: [`${location.origin}/api/hillshade/{z}/{x}/{y}.png`],
        tileSize: 256,
        bounds,
        maxzoom: 13,
      },
      ...Object.fromEntries(SOURCES.map((name) => [name, empty])),
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': '#12181b' } },
      {
        id: 'hillshade',
        source: 'hillshade',
        type: 'raster',
        paint: {
          'raster-brightness-max': 0.36,
          'raster-brightness-min': 0.02,
          'raster-saturation': -0.6,
          'raster-contrast': 0.1,
          'raster-opacity': 0.85,
          'raster-fade-duration': 0,
        },
      },
      ...borderLayers,
      side('side-home', sides.home, true),
      side('side-other', sides.other, false),
      ...assetLayers,
      ...trackLayers,
      ...labels,
      ...pointLayers,
    ],
  }
}
