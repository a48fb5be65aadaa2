import {
  ms,
  numberlandcivilian,
  numberlandequipment,
  numberlandunit,
  numberair,
  numberactivites,
  path2d,
} from 'milsymbol/parts'
import type { Map as MapView } from 'maplibre-gl'
import type { SensorState, TargetClass } from '../api/types'
import { ICONS } from '../lib/icons'
import { assetImage, HATCH, PLACED } from './images'
import { PALETTE } from '../lib/palette'

for (const part of [numberair, numberlandunit, numberlandcivilian, numberlandequipment, numberactivites]) ms.addIcons(part)
ms.Path2D = path2d

const SCALE = 2

/** MIL-STD-2525D: symbol set and entity for each class; a class without one of its own shows the bare frame. */
const ENTITIES: Record<TargetClass, [string, string]> = {
  person: ['11', '110300'],
  people: ['11', '110400'],
  group: ['11', '110400'],
  vehicle: ['15', '160100'],
  drone: ['01', '110300'],
  animal: ['10', '000000'],
  clutter: ['10', '000000'],
  unknown: ['10', '000000'],
}
/** The same for own units. */
const UNITS: Record<'patrol' | 'drone', [string, string]> = { patrol: ['40', '131500'], drone: ['01', '110400'] }

const BARE: TargetClass[] = ['animal', 'clutter', 'unknown']
const AFFILIATION = { unknown: '01', suspect: '05', friend: '03' }

interface Shade {
  fill: string
  stroke: string
}

const YELLOW: Shade = { fill: 'rgb(255,244,130)', stroke: PALETTE.unknown }
const ORANGE: Shade = { fill: 'rgb(255,190,90)', stroke: PALETTE.suspect }
const BLUE: Shade = { fill: 'rgb(128,212,255)', stroke: PALETTE.own }

function everywhere(colour: string) {
  return { Civilian: colour, Friend: colour, Hostile: colour, Neutral: colour, Unknown: colour, Suspect: colour }
}

function code(affiliation: keyof typeof AFFILIATION, set: string, entity: string): string {
  return `100${AFFILIATION[affiliation].slice(1)}${set}0000${entity}0000`
}

function canvasOf(sidc: string, shade: Shade, size: number, filled: boolean, ground?: string): HTMLCanvasElement {
  const symbol = new ms.Symbol(sidc, {
    size: size * SCALE,
    fill: filled || ground !== undefined,
    ...(ground ? { fillColor: ground } : {}),
    civilianColor: false,
    colorMode: everywhere(shade.fill),
    frameColor: everywhere(filled ? '#14191c' : shade.stroke),
    iconColor: everywhere(filled ? '#14191c' : shade.stroke),
    strokeWidth: filled ? 4 : 8,
    outlineWidth: filled ? 5 : 0,
    outlineColor: 'rgba(13,17,19,0.8)',
  })
  return symbol.asCanvas(1) as HTMLCanvasElement
}

function drawIcon(canvas: HTMLCanvasElement, name: string, colour: string, share: number): void {
  const ctx = canvas.getContext('2d')!
  const size = Math.min(canvas.width, canvas.height) * share
  ctx.save()
  ctx.setTransform(1, 0, 0, 1, 0, 0)
  ctx.translate((canvas.width - size) / 2, (canvas.height - size) / 2)
  ctx.scale(size / 24, size / 24)
  ctx.strokeStyle = colour
  ctx.lineWidth = 2.4
  ctx.lineCap = ctx.lineJoin = 'round'
  ctx.stroke(new Path2D(ICONS[name]))
  ctx.restore()
}

function put(map: MapView, name: string, canvas: HTMLCanvasElement): void {
  const image = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
  if (map.hasImage(name)) map.removeImage(name)
  map.addImage(name, image, { pixelRatio: SCALE })
}

function addTracks(map: MapView): void {
  for (const label of Object.keys(ENTITIES) as TargetClass[]) {
    for (const disposition of ['unknown', 'suspect'] as const) {
      for (const filled of [true, false]) {
        const shade = disposition === 'suspect' ? ORANGE : YELLOW
        const canvas = canvasOf(code(disposition, ...ENTITIES[label]), shade, filled ? 21 : 14, filled)
        if (BARE.includes(label)) drawIcon(canvas, label, filled ? '#14191c' : shade.stroke, 0.42)
        put(map, `track-${label}-${disposition}-${filled ? 'case' : 'free'}`, canvas)
      }
    }
  }
}

function addUnits(map: MapView): void {
  for (const [kind, entity] of Object.entries(UNITS)) {
    put(map, `unit-${kind}-ready`, canvasOf(code('friend', ...entity), BLUE, 12, false, PALETTE.ground))
    put(map, `unit-${kind}-busy`, canvasOf(code('friend', ...entity), BLUE, 16, true))
  }
}

function blank(size: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size * SCALE
  const ctx = canvas.getContext('2d')!
  ctx.scale(SCALE, SCALE)
  return [canvas, ctx]
}

function stateMark(ctx: CanvasRenderingContext2D, state: SensorState, x: number, y: number): void {
  ctx.lineWidth = 1.8
  ctx.fillStyle = PALETTE.ground
  ctx.strokeStyle = state === 'down' || state === 'silent' ? PALETTE.distress : PALETTE.weak
  ctx.beginPath()
  ctx.arc(x, y, 5, 0, 7)
  ctx.fill()
  ctx.beginPath()
  if (state === 'recovering') ctx.stroke(new Path2D(`M${x} ${y + 3}v-6M${x - 2.6} ${y - 0.4}l2.6 -2.6 2.6 2.6`))
  else if (state === 'grounded') ctx.stroke(new Path2D(`M${x} ${y - 3}v6M${x - 2.6} ${y + 0.4}l2.6 2.6 2.6-2.6`))
  else if (state === 'degraded') ctx.stroke(new Path2D(`M${x - 3} ${y + 2.5}h6L${x} ${y - 3}z`))
  else ctx.stroke(new Path2D(`M${x - 3} ${y - 3}l6 6M${x + 3} ${y - 3}l-6 6`))
}

const STATES: SensorState[] = ['up', 'degraded', 'recovering', 'down', 'silent', 'grounded']

function addAssets(map: MapView): void {
  for (const family of PLACED) {
    for (const state of STATES) {
      const [canvas, ctx] = blank(24)
      ctx.globalAlpha = 1
      ctx.fillStyle = 'rgba(13,17,19,0.72)'
      ctx.beginPath()
      ctx.arc(12, 12, 10.5, 0, 7)
      ctx.fill()
      drawIcon(canvas, family, state === 'up' || state === 'degraded' ? '#c3d0d7' : '#8f9da5', 0.62)
      if (state !== 'up') stateMark(ctx, state, 18.5, 18.5)
      put(map, assetImage(family, state), canvas)
    }
  }
}

function addHatch(map: MapView): void {
  const [canvas, ctx] = blank(HATCH)
  ctx.fillStyle = 'rgba(13,17,19,0.7)'
  ctx.fillRect(0, 0, HATCH, HATCH)
  ctx.strokeStyle = PALETTE.weak
  ctx.lineWidth = 1.8
  for (let shift = -HATCH; shift < HATCH; shift += HATCH / 2) {
    ctx.moveTo(shift - 1, HATCH + 1)
    ctx.lineTo(shift + HATCH + 1, -1)
  }
  ctx.stroke()
  put(map, 'hatch', canvas)
}

/** Gives the map every picture it draws with. */
export function addSymbols(map: MapView): void {
  addTracks(map)
  addUnits(map)
  addAssets(map)
  addHatch(map)
  const [canvas] = blank(20)
  drawIcon(canvas, 'gate', PALETTE.text, 0.8)
  put(map, 'crossing', canvas)
}

/** The little pictures of the legend, drawn by the same hand as those of the map. */
export function symbolUrl(kind: 'free' | 'case' | 'suspect' | 'unit'): string {
  const made: Record<typeof kind, () => HTMLCanvasElement> = {
    free: () => canvasOf(code('unknown', ...ENTITIES.group), YELLOW, 16, false),
    case: () => canvasOf(code('unknown', ...ENTITIES.group), YELLOW, 18, true),
    suspect: () => canvasOf(code('suspect', ...ENTITIES.group), ORANGE, 18, true),
    unit: () => canvasOf(code('friend', ...UNITS.patrol), BLUE, 15, true),
  }
  return made[kind]().toDataURL()
}
