import type { Direction, Interval, TargetClass } from '../api/types'
import { FONT, PALETTE } from '../lib/palette'
import type { Sample } from '../state/history'
import { cell, labelStep, xOf, yOf, type Drawn, type Frame } from './geometry'
import { colourOf } from './scale'

/** How loud a track is drawn. */
export type Weight = 'free' | 'case' | 'rescue'

/** One track on the strip. */
export interface StripTrack {
  id: string
  label: TargetClass
  km: number
  existence: number
  eta: Interval | null
  /** True when it goes to the home side, null when it does not approach the line. */
  homeward: boolean | null
  direction: Direction
  weight: Weight
  live: boolean
  samples: Sample[]
  chosen: boolean
  hovered: boolean
}

/** One alert on the strip: a tick where and when it was opened. */
export interface StripCase {
  id: string
  km: number
  opened: number
  waiting: boolean
  rescue: boolean
  chosen: boolean
}

/** One patrol on the strip, with the km it can reach where the watch says so. */
export interface StripUnit {
  id: string
  name: string
  km: number
  busy: boolean
  chosen: boolean
  reach: [number, number] | null
}

/** All that the strip shows at one moment. */
export interface StripPicture {
  time: number
  /** Per km; null where nobody can cross that way. */
  band: (number | null)[]
  blind: boolean[]
  tracks: StripTrack[]
  cases: StripCase[]
  units: StripUnit[]
  crossings: number[]
  chosenKm: number | null
  hoverKm: number | null
  words: { coming: string; now: string; past: string; units: string; band: string; km: string; ahead: string }
}

type Pen = CanvasRenderingContext2D

/** Classes whose head is filled; what need not be a person or a vehicle is hollow. */
const SOLID: TargetClass[] = ['person', 'people', 'group', 'vehicle']

const COLOURS: Record<Weight, string> = { free: '#9fb0ba', case: PALETTE.unknown, rescue: PALETTE.distress }

function hatchOf(pen: Pen): CanvasPattern {
  const tile = document.createElement('canvas')
  tile.width = tile.height = 6
  const p = tile.getContext('2d')!
  p.strokeStyle = PALETTE.ground
  p.lineWidth = 1.9
  for (const shift of [-6, 0, 6]) {
    p.moveTo(shift - 1, 7)
    p.lineTo(shift + 7, -1)
  }
  p.stroke()
  return pen.createPattern(tile, 'repeat')!
}

function drawBand(pen: Pen, f: Frame, picture: StripPicture): void {
  const height = f.patrols - 3
  const hatch = hatchOf(pen)
  picture.band.forEach((p, km) => {
    const { x, width } = cell(f, km)
    pen.fillStyle = p === null ? PALETTE.line : colourOf(p)
    pen.fillRect(x, 0, width - 0.75, height)
    if (!picture.blind[km]) return
    pen.fillStyle = hatch
    pen.fillRect(x, 0, width - 0.75, height)
  })
  pen.beginPath()
  picture.band.forEach((p, km) => {
    if (p === null) return
    const { x, width } = cell(f, km)
    const y = (1 - p) * (height - 3) + 1.5
    pen.moveTo(x, y)
    pen.lineTo(x + width - 0.75, y)
  })
  pen.strokeStyle = PALETTE.ground
  pen.lineWidth = 4
  pen.stroke()
  pen.strokeStyle = '#fff'
  pen.lineWidth = 1.6
  pen.stroke()
}

function drawUnits(pen: Pen, f: Frame, units: StripUnit[]): void {
  const y = (f.patrols + f.axis) / 2
  for (const unit of units) {
    const x = xOf(f, unit.km)
    pen.strokeStyle = pen.fillStyle = PALETTE.own
    if (unit.reach) {
      const [a, b] = [xOf(f, unit.reach[0]), xOf(f, unit.reach[1])]
      pen.lineWidth = unit.chosen ? 2 : 1
      pen.beginPath()
      pen.moveTo(a, y - 4)
      pen.lineTo(a, y + 4)
      pen.moveTo(a, y)
      pen.lineTo(b, y)
      pen.moveTo(b, y - 4)
      pen.lineTo(b, y + 4)
      pen.stroke()
    }
    pen.lineWidth = 1.5
    pen.beginPath()
    pen.rect(x - 5, y - 4, 10, 8)
    pen.fillStyle = unit.busy ? PALETTE.own : PALETTE.ground
    pen.fill()
    pen.stroke()
    if (unit.chosen) outline(pen, x - 8, y - 7, 16, 14)
  }
}

function outline(pen: Pen, x: number, y: number, width: number, height: number): void {
  pen.strokeStyle = '#fff'
  pen.lineWidth = 1.5
  pen.strokeRect(x, y, width, height)
}

function drawAxis(pen: Pen, f: Frame, picture: StripPicture): void {
  const step = labelStep(f)
  pen.fillStyle = PALETTE.dim
  pen.strokeStyle = PALETTE.line
  pen.lineWidth = 1
  pen.textAlign = 'center'
  for (let km = 0; km <= f.length; km += 1) {
    const x = Math.round(xOf(f, km)) + 0.5
    const major = km % step === 0
    pen.beginPath()
    pen.moveTo(x, f.axis)
    pen.lineTo(x, f.axis + (major ? 4 : 2))
    pen.stroke()
    if (!major) continue
    pen.fillText(String(km), x, f.axis + 10)
    pen.globalAlpha = 0.6
    pen.beginPath()
    pen.moveTo(x, f.coming)
    pen.lineTo(x, f.bottom)
    pen.stroke()
    pen.globalAlpha = 1
  }
  pen.fillStyle = PALETTE.text
  for (const km of picture.crossings) {
    const x = xOf(f, km)
    pen.fillRect(x - 4, f.axis - 1, 1.5, 7)
    pen.fillRect(x + 2.5, f.axis - 1, 1.5, 7)
    pen.fillRect(x - 4, f.axis + 1, 8, 1.5)
  }
}

function drawGutter(pen: Pen, f: Frame, words: StripPicture['words']): void {
  pen.textAlign = 'right'
  pen.fillStyle = PALETTE.dim
  const x = f.left - 9
  pen.fillText(words.band, x, f.patrols / 2)
  pen.fillText(words.units, x, (f.patrols + f.axis) / 2)
  pen.fillText(words.km, x, f.axis + 10)
  pen.fillText(words.ahead, x, f.coming + 8)
  pen.fillStyle = PALETTE.text
  pen.fillText(words.now, x, f.now)
  pen.fillStyle = PALETTE.dim
  pen.fillText(words.past, x, f.bottom - 8)
  pen.textAlign = 'left'
  pen.fillStyle = PALETTE.faint
  pen.fillText(words.coming, f.left + 5, f.coming + 8)
}

function drawTime(pen: Pen, f: Frame): void {
  pen.fillStyle = 'rgba(124,196,255,0.045)'
  pen.fillRect(f.left, f.coming, f.width - f.left - f.right, f.now - f.coming)
  pen.strokeStyle = PALETTE.line
  pen.lineWidth = 1
  for (const part of [1 / 3, 2 / 3]) {
    const y = Math.round(yOf(f, f.past * part)) + 0.5
    pen.setLineDash([2, 5])
    pen.beginPath()
    pen.moveTo(f.left, y)
    pen.lineTo(f.width - f.right, y)
    pen.stroke()
  }
  pen.setLineDash([])
  pen.strokeStyle = '#7f8f98'
  pen.beginPath()
  pen.moveTo(f.left, f.now + 0.5)
  pen.lineTo(f.width - f.right, f.now + 0.5)
  pen.stroke()
}

/** Px of a trail, the newest first, cut at the end of the time shown. */
export function trailPoints(f: Frame, track: StripTrack, time: number): { x: number; y: number }[] {
  const points = track.samples
    .filter((sample) => time - sample.time <= f.past && sample.time <= time)
    .map((sample) => ({ x: xOf(f, sample.km), y: yOf(f, time - sample.time) }))
    .reverse()
  return track.live ? [{ x: xOf(f, track.km), y: f.now }, ...points] : points
}

function strokePoints(pen: Pen, points: { x: number; y: number }[]): void {
  pen.beginPath()
  points.forEach(({ x, y }, i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)))
  pen.stroke()
}

function drawTrack(pen: Pen, f: Frame, track: StripTrack, time: number): Drawn {
  const points = trailPoints(f, track, time)
  const loud = track.chosen || track.hovered
  pen.lineJoin = pen.lineCap = 'round'
  if (loud) {
    pen.strokeStyle = track.chosen ? PALETTE.accent : '#fff'
    pen.globalAlpha = 0.55
    pen.lineWidth = 8
    strokePoints(pen, points)
  }
  pen.globalAlpha = track.live ? (track.weight === 'free' && !loud ? 0.75 : 1) : 0.35
  pen.strokeStyle = COLOURS[track.weight]
  pen.lineWidth = 0.8 + 2.4 * track.existence * track.existence
  strokePoints(pen, points)
  pen.globalAlpha = 1
  if (track.live) drawHead(pen, f, track)
  return { id: track.id, points: [...arrival(f, track), ...points] }
}

function arrival(f: Frame, track: StripTrack): { x: number; y: number }[] {
  if (!track.eta) return []
  const x = xOf(f, track.km)
  return [
    { x, y: yOf(f, -track.eta[1]) },
    { x, y: yOf(f, -track.eta[0]) },
  ]
}

function drawHead(pen: Pen, f: Frame, track: StripTrack): void {
  const x = xOf(f, track.km)
  pen.strokeStyle = pen.fillStyle = COLOURS[track.weight]
  if (track.eta) drawArrival(pen, f, track, x)
  const size = track.weight === 'free' ? 3 : 4.5
  pen.beginPath()
  if (track.label === 'vehicle') pen.rect(x - size, f.now - size, 2 * size, 2 * size)
  else if (track.label === 'animal') pen.ellipse(x, f.now, size, size * 0.55, 0, 0, 7)
  else pen.arc(x, f.now, size, 0, 7)
  if (track.label === 'group' || track.label === 'people') {
    pen.moveTo(x + 2.4 * size, f.now)
    pen.arc(x + 1.5 * size, f.now, size * 0.9, 0, 7)
  }
  if (SOLID.includes(track.label)) pen.fill()
  else {
    pen.fillStyle = PALETTE.panel
    pen.fill()
    pen.lineWidth = 1.4
    pen.stroke()
  }
}

function drawArrival(pen: Pen, f: Frame, track: StripTrack, x: number): void {
  const [near, far] = [yOf(f, -track.eta![0]), yOf(f, -track.eta![1])]
  pen.lineWidth = 1
  pen.setLineDash([1.5, 3])
  strokePoints(pen, [
    { x, y: f.now },
    { x, y: near },
  ])
  pen.setLineDash([])
  pen.lineWidth = track.weight === 'free' ? 1.6 : 3
  strokePoints(pen, [
    { x, y: near },
    { x, y: far },
  ])
  const half = track.weight === 'free' ? 3 : 5
  const tip = track.homeward ? -1 : 1
  const y = track.homeward ? far : near
  pen.lineWidth = 1.6
  strokePoints(pen, [
    { x: x - half, y: y - tip * half },
    { x, y },
    { x: x + half, y: y - tip * half },
  ])
}

function drawCases(pen: Pen, f: Frame, cases: StripCase[], time: number): Drawn[] {
  return cases
    .filter((row) => time - row.opened <= f.past)
    .map((row) => {
      const x = xOf(f, row.km)
      const y = yOf(f, Math.max(0, time - row.opened))
      pen.strokeStyle = pen.fillStyle = row.rescue ? PALETTE.distress : row.waiting ? PALETTE.text : PALETTE.faint
      pen.lineWidth = row.waiting ? 2 : 1.2
      strokePoints(pen, [
        { x: x - 9, y },
        { x: x + 9, y },
      ])
      if (row.chosen) outline(pen, x - 12, y - 5, 24, 10)
      return {
        id: row.id,
        points: [
          { x: x - 9, y },
          { x: x + 9, y },
        ],
      }
    })
}

function drawGuide(pen: Pen, f: Frame, km: number | null, chosen: boolean): void {
  if (km === null) return
  const x = Math.round(xOf(f, km)) + 0.5
  pen.strokeStyle = chosen ? PALETTE.accent : '#fff'
  pen.globalAlpha = chosen ? 1 : 0.7
  pen.lineWidth = chosen ? 1.5 : 1
  pen.setLineDash(chosen ? [] : [3, 3])
  strokePoints(pen, [
    { x, y: 0 },
    { x, y: f.bottom },
  ])
  pen.setLineDash([])
  pen.globalAlpha = 1
}

/** Draws the strip and says where everything that can be pointed at has come to lie. */
export function drawStrip(pen: Pen, f: Frame, picture: StripPicture): { tracks: Drawn[]; cases: Drawn[] } {
  pen.clearRect(0, 0, f.width, f.bottom)
  pen.font = `11px ${FONT}`
  pen.textBaseline = 'middle'
  drawTime(pen, f)
  drawAxis(pen, f, picture)
  drawBand(pen, f, picture)
  drawUnits(pen, f, picture.units)
  drawGutter(pen, f, picture.words)
  drawGuide(pen, f, picture.chosenKm, true)
  pen.save()
  pen.beginPath()
  pen.rect(f.left - 6, f.coming, f.width - f.left - f.right + 12, f.bottom - f.coming)
  pen.clip()
  const loudness = (track: StripTrack) =>
    Number(track.chosen) * 4 + Number(track.hovered) * 8 + (track.weight === 'free' ? 0 : 2)
  const tracks = [...picture.tracks]
    .sort((a, b) => loudness(a) - loudness(b))
    .map((track) => drawTrack(pen, f, track, picture.time))
  const cases = drawCases(pen, f, picture.cases, picture.time)
  pen.restore()
  drawGuide(pen, f, picture.hoverKm, false)
  return { tracks: tracks.reverse(), cases }
}
