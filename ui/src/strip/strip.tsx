import { useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { t, word } from '../i18n'
import { Icon } from '../lib/icons'
import { kmWords, Tip } from '../panels/tip'
import { choice, choose, hovered } from '../state/choice'
import { closure, reckoning, shownWay, showMode, stopping, wayName } from '../state/closure'
import type { Choice } from '../state/route'
import { set, settings, type Settings } from '../state/settings'
import { eastward, flipped, sector, strip, stripClasses, target } from '../state/store'
import { drawStrip } from './draw'
import { frame, hit, kmOf, xOf, type Drawn, type Frame } from './geometry'
import { stripPicture } from './picture'
import { colourOf } from './scale'

const WINDOWS: Settings['window'][] = [30, 360, 1440]

function ClassButtons() {
  return (
    <div class="segments" role="group" aria-label={t('strip.class')}>
      {stripClasses.value.map((name) => (
        <button key={name} type="button" aria-pressed={name === target.value} onClick={() => set({ target: name })}>
          {word('class', name)}
        </button>
      ))}
    </div>
  )
}

/** The ways of crossing, and the other direction of the one that is shown. */
function WayButtons() {
  const rows = closure.value?.closure ?? []
  const shown = shownWay.value
  const other = rows.find((row) => row.mode === shown?.mode && row.direction !== shown.direction)
  if (!shown) return <span class="quiet">{t(reckoning.value === 'failed' ? 'strip.failed' : 'strip.reckoning')}</span>
  return (
    <>
      <div class="segments" role="group" aria-label={t('strip.way')}>
        {[...new Set(rows.map(({ mode }) => mode))].map((mode) => (
          <button key={mode} type="button" aria-pressed={mode === shown.mode} onClick={() => showMode(mode)}>
            {word('way', mode)}
          </button>
        ))}
      </div>
      <button type="button" disabled={!other} title={t('strip.turn')} onClick={() => other && set({ way: wayName(other) })}>
        {word('way', shown.direction)}
      </button>
    </>
  )
}

function BandButtons() {
  const hint = { detect: t('strip.band.hint', { class: word('class', target.value) }), closure: t('strip.stopped.hint') }
  return (
    <div class="segments" role="group" aria-label={t('strip.bands')}>
      {(['detect', 'closure'] as const).map((band) => (
        <button
          key={band}
          type="button"
          aria-pressed={band === settings.value.band}
          title={hint[band]}
          onClick={() => set({ band })}
        >
          {t(band === 'detect' ? 'strip.band' : 'strip.stopped')}
        </button>
      ))}
    </div>
  )
}

function Head() {
  const { window, likeMap } = settings.value
  return (
    <div class="strip-head">
      <h2 class="hidden">{t('strip.title')}</h2>
      <BandButtons />
      {stopping.value ? <WayButtons /> : <ClassButtons />}
      <span class="scale">
        <span class="scale-end">0</span>
        <span
          class="scale-bar"
          style={{ background: `linear-gradient(to right, ${[0, 0.25, 0.5, 0.75, 1].map(colourOf).join(',')})` }}
        />
        <span class="scale-end">1</span>
      </span>
      {strip.value && (
        <span class="blind-count">
          <span class="hatch swatch" /> {t('strip.blind.count', { n: strip.value.blind.filter(Boolean).length })}
        </span>
      )}
      <span class="spring" />
      {eastward.value && (
        <button
          type="button"
          class="plain"
          onClick={() => set({ likeMap: !likeMap })}
          title={t(likeMap ? 'strip.flip.map' : 'strip.flip.km')}
          aria-label={t('strip.flip')}
        >
          <Icon name="flip" size={14} />
        </button>
      )}
      <div class="segments" role="group" aria-label={t('strip.window')}>
        {WINDOWS.map((minutes) => (
          <button key={minutes} type="button" aria-pressed={minutes === window} onClick={() => set({ window: minutes })}>
            {t(`strip.window.${minutes as 30}`)}
          </button>
        ))}
      </div>
    </div>
  )
}

interface Laid {
  frame: Frame
  tracks: Drawn[]
  cases: Drawn[]
}

function choiceAt(laid: Laid, x: number, y: number): Choice {
  if (y >= laid.frame.coming) {
    const row = hit(laid.cases, x, y, 6)
    if (row) return { kind: 'case', id: row }
    const track = hit(laid.tracks, x, y, 8)
    if (track) return { kind: 'track', id: track }
  } else if (y >= laid.frame.patrols && y < laid.frame.axis) {
    const unit = stripPicture.peek().units.find((u) => Math.abs(xOf(laid.frame, u.km) - x) < 9)
    if (unit) return { kind: 'unit', id: unit.id }
  }
  return { kind: 'km', km: Math.round(kmOf(laid.frame, x) * 10) / 10 }
}

function useSize(ref: { current: HTMLElement | null }) {
  const size = useSignal({ width: 0, height: 0 })
  useEffect(() => {
    if (!ref.current) return
    const watch = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect
      size.value = { width: Math.floor(width), height: Math.floor(height) }
    })
    watch.observe(ref.current)
    return () => watch.disconnect()
  }, [])
  return size
}

function paint(canvas: HTMLCanvasElement, { width, height }: { width: number; height: number }): Laid | null {
  const length = sector.value?.length_km
  if (!length || !width || !height) return null
  const ratio = devicePixelRatio || 1
  if (canvas.width !== width * ratio || canvas.height !== height * ratio) {
    canvas.width = width * ratio
    canvas.height = height * ratio
  }
  const pen = canvas.getContext('2d')!
  pen.setTransform(ratio, 0, 0, ratio, 0, 0)
  const f = frame(width, height, length, flipped.value, settings.value.window * 60)
  return { frame: f, ...drawStrip(pen, f, stripPicture.value) }
}

function walk(event: KeyboardEvent): void {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
  const length = sector.value?.length_km
  if (!step || !length) return
  event.preventDefault()
  const from = choice.value?.kind === 'km' ? choice.value.km : 0
  choose({ kind: 'km', km: Math.min(length, Math.max(0, Math.round(from) + (flipped.value ? -step : step))) })
}

/** The whole border in one band: how well each km is watched now, and below it who headed where, and when. */
export function StripPanel() {
  const box = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const laid = useRef<Laid | null>(null)
  const size = useSize(box)
  const own = useSignal<{ x: number } | null>(null)

  useSignalEffect(() => {
    if (canvas.current) laid.current = paint(canvas.current, size.value)
  })

  const at = (event: PointerEvent | MouseEvent) => (laid.current ? choiceAt(laid.current, event.offsetX, event.offsetY) : null)
  const chosen = choice.value?.kind === 'km' ? choice.value.km : 0
  return (
    <section class="strip" aria-label={t('strip.title')}>
      <Head />
      <div class="strip-body" ref={box} dir="ltr">
        <canvas
          ref={canvas}
          tabIndex={0}
          role="slider"
          aria-label={t('strip.label')}
          aria-valuemin={0}
          aria-valuemax={sector.value?.length_km ?? 0}
          aria-valuenow={chosen}
          aria-valuetext={kmWords(chosen)}
          style={{ width: `${size.value.width}px`, height: `${size.value.height}px` }}
          onKeyDown={walk}
          onPointerMove={(event) => {
            hovered.value = at(event)
            own.value = { x: event.offsetX }
          }}
          onPointerLeave={() => {
            hovered.value = null
            own.value = null
          }}
          onClick={(event) => choose(at(event))}
        />
        {own.value && hovered.value && <Tip over={hovered.value} x={own.value.x} y={2} width={size.value.width} />}
        {!strip.value && <p class="strip-empty">{t('strip.empty')}</p>}
      </div>
    </section>
  )
}
