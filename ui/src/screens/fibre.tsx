import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { api, type FibreEvent, type FibrePicture } from '../api/client'
import { t, word } from '../i18n'
import { sensorName } from '../lib/names'
import { joined, paint } from '../lib/waterfall'
import { Time } from '../panels/bits'
import { choose } from '../state/choice'
import { Table, type Column } from './table'

const SECONDS = 300
const EVERY_MS = 2000

const EVENTS: Column<FibreEvent>[] = [
  { name: 'fibre.time', by: (row) => row.time, cell: (row) => <Time at={row.time} full /> },
  { name: 'fibre.along', by: (row) => row.along, cell: (row) => `${Math.round(row.along)} m`, number: true },
  { name: 'fibre.what', by: (row) => row.label, cell: (row) => word('fibreclass', row.label) },
  { name: 'fibre.sure', by: (row) => row.p, cell: (row) => `${Math.round(100 * row.p)} %`, number: true },
  { name: 'fibre.strength', by: (row) => row.strength_db, cell: (row) => `${Math.round(row.strength_db)} dB`, number: true },
]

function Health({ fibre }: { fibre: FibrePicture }) {
  const h = fibre.health
  if (!h) return null
  const told = t('fibre.health', { channels: h.channels, dead: h.dead, noisy: h.noisy })
  return (
    <p>
      {told} {h.break_m !== null && <b class="warn">{t('fibre.break', { m: Math.round(h.break_m) })}</b>}
      {fibre.silent_s > 10 && <b class="warn"> {t('fibre.silent', { s: Math.round(fibre.silent_s) })}</b>}
    </p>
  )
}

function Marks({ fibre }: { fibre: FibrePicture }) {
  const last = fibre.rows.at(-1)?.time ?? 0
  const shown = fibre.events.filter((event) => last - event.time < SECONDS && event.time <= last)
  const newest = new Map(shown.map((event) => [event.track, event]))
  return (
    <>
      {shown.map((event) => (
        <span
          key={`${event.time} ${event.along}`}
          class="fibre-mark"
          title={`${word('fibreclass', event.label)} ${Math.round(100 * event.p)} %`}
          style={{
            insetInlineStart: `${(100 * (event.along - fibre.start_m)) / fibre.length_m}%`,
            insetBlockEnd: `${(100 * (last - event.time)) / SECONDS}%`,
          }}
        >
          {newest.get(event.track) === event && word('fibreclass', event.label)}
        </span>
      ))}
    </>
  )
}

function Waterfall({ fibre }: { fibre: FibrePicture }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const image = paint(fibre.rows, SECONDS)
    if (!canvas.current || !image) return
    canvas.current.width = image.width
    canvas.current.height = image.height
    canvas.current.getContext('2d')?.putImageData(image, 0, 0)
  }, [fibre])
  return (
    <figure class="fibre" dir="ltr">
      <div class="fibre-box">
        <canvas ref={canvas} role="img" aria-label={t('fibre.picture', { name: sensorName(fibre.sensor) })} />
        <Marks fibre={fibre} />
      </div>
      <figcaption>
        <span>{(fibre.start_m / 1000).toFixed(1)} km</span>
        <span class="dim">{t('fibre.axes')}</span>
        <span>{((fibre.start_m + fibre.length_m) / 1000).toFixed(1)} km</span>
      </figcaption>
    </figure>
  )
}

/** What the buried fibres hear: distance along, the last five minutes down, and what was made of it. */
export function FibreScreen() {
  const fibres = useSignal<FibrePicture[] | null>(null)
  useEffect(() => {
    let ended = false
    const read = async () => {
      const old = fibres.value ?? []
      const since = Math.min(...old.map((fibre) => fibre.rows.at(-1)?.time ?? 0), Infinity)
      const fresh = await api.fibres(Number.isFinite(since) ? since : 0).catch(() => null)
      if (ended || !fresh) return
      fibres.value = fresh.map((one) => ({
        ...one,
        rows: joined(old.find((other) => other.sensor === one.sensor)?.rows ?? [], one.rows),
      }))
    }
    void read()
    const timer = setInterval(() => void read(), EVERY_MS)
    return () => {
      ended = true
      clearInterval(timer)
    }
  }, [])
  return (
    <>
      <h1>{t('fibre.title')}</h1>
      {fibres.value?.length === 0 && <p class="dim">{t('fibre.none')}</p>}
      <div class="table-box">
        {fibres.value?.map((fibre) => (
          <section key={fibre.sensor}>
            <h2>
              <button type="button" class="link" onClick={() => choose({ kind: 'sensor', id: fibre.sensor })}>
                {sensorName(fibre.sensor)}
              </button>
            </h2>
            <Health fibre={fibre} />
            <Waterfall fibre={fibre} />
            <Table
              rows={[...fibre.events].reverse()}
              columns={EVENTS}
              id={(row) => `${row.time} ${row.along}`}
              none={t('fibre.quiet')}
              label={t('fibre.title')}
            />
          </section>
        ))}
      </div>
    </>
  )
}
