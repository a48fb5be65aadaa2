import { useSignal } from '@preact/signals'
import { api } from '../api/client'
import type { PlanFacts, TryAnswer } from '../api/types'
import { t, word, type Key } from '../i18n'
import type { Point } from '../lib/geo'
import { around, compared, frame, steps, worstByKm, type Compared } from '../lib/plans'
import { deployment, sector } from '../state/store'
import { ReadingNote, Table, useReading, type Column } from './table'

const WIDE = 1000
const TALL = 70
const ROOM = 0.09
const MOVABLE = ['tower', 'aerostat', 'post', 'radar', 'camera', 'seismic']
const INKS = ['var(--accent)', 'var(--dim)']

const percent = (p: number | null) => (p === null ? '–' : p.toFixed(2))
const fine = (p: number | null) => (p === null ? '–' : p.toFixed(3))
const millions = (usd: number | null) => (usd === null ? '–' : `${(usd / 1e6).toFixed(1)} M`)

const COLUMNS: Column<Compared>[] = [
  { name: 'plans.col.name', by: (row) => row.name, cell: (row) => row.name },
  { name: 'plans.col.capital', by: (row) => row.capital ?? 0, cell: (row) => millions(row.capital), number: true },
  { name: 'plans.col.yearly', by: (row) => row.yearly ?? 0, cell: (row) => millions(row.yearly), number: true },
  { name: 'plans.col.least', by: (row) => row.least, cell: (row) => percent(row.least), number: true },
  { name: 'plans.col.mean', by: (row) => row.mean, cell: (row) => percent(row.mean), number: true },
  { name: 'plans.col.bound', by: (row) => row.bound ?? 1, cell: (row) => percent(row.bound), number: true },
]

const wayWords = (way: string) =>
  way
    .split(' ')
    .map((part) => word('way', part))
    .join(', ')

/** P per km as steps, one line for each thing compared, the first one strong. */
function Steps({ lines, label }: { lines: (number | null)[][]; label: string }) {
  return (
    <svg viewBox={`0 0 ${WIDE} ${TALL}`} role="img" aria-label={label} class="plan-steps" preserveAspectRatio="none">
      {lines.map((km, i) => (
        <path key={i} d={steps(km, WIDE, TALL)} fill="none" stroke={INKS[Math.min(i, 1)]} stroke-width={i ? 1.5 : 3} />
      ))}
    </svg>
  )
}

function Side({ plans }: { plans: PlanFacts[] }) {
  const rows = compared(plans)
  const ways = [...new Set(rows.flatMap(({ cases }) => cases.map(({ mode, direction }) => `${mode} ${direction}`)))]
  return (
    <>
      <Table rows={rows} columns={COLUMNS} id={(row) => row.name} none={t('plans.none')} label={t('plans.title')} />
      {plans.map((plan) => (
        <p key={plan.name} class="dim">
          <b>{plan.name}.</b>{' '}
          {t('plans.weakest', { what: plan.worst_ways[0] ? `${plan.worst_ways[0].place}: ${plan.worst_ways[0].why}` : '–' })}{' '}
          {plan.people_moved?.said}
        </p>
      ))}
      {ways.map((way) => (
        <section key={way}>
          <h3>{t('plans.km', { way: wayWords(way) })}</h3>
          {rows.map((row) => (
            <div key={row.name} class="plan-row">
              <span>{row.name}</span>
              <Steps lines={[worstByKm(row.cases, way)]} label={`${row.name}, ${wayWords(way)}`} />
            </div>
          ))}
        </section>
      ))}
    </>
  )
}

interface Standing {
  id: string
  name: string
  family: string
  at: Point
}

function standing(): Standing[] {
  return (deployment.value?.features ?? [])
    .filter(({ geometry, properties }) => geometry?.type === 'Point' && MOVABLE.includes(properties?.family as string))
    .map(({ geometry, properties }) => ({
      id: properties!.id as string,
      name: properties!.name as string,
      family: properties!.family as string,
      at: (geometry as GeoJSON.Point).coordinates as Point,
    }))
}

/** A flat map on which what stands here can be dragged, or moved with the arrow keys; letting go asks what would change. */
function Movable({ moves, tried }: { moves: Record<string, Point>; tried: (id: string, at: Point) => void }) {
  const held = useSignal<{ id: string; at: Point } | null>(null)
  const place = sector.value
  if (!place) return null
  const drawn = frame(around(place.border.coordinates as Point[], ROOM), WIDE)
  const where = (one: Standing): Point => (held.value?.id === one.id ? held.value.at : (moves[one.id] ?? one.at))
  const pointed = (event: PointerEvent): Point => {
    const drawing = (event.currentTarget as SVGElement).ownerSVGElement!
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM()!.inverse())
    return drawn.from([x, y])
  }
  const keys: Record<string, Point> = { ArrowLeft: [-3, 0], ArrowRight: [3, 0], ArrowUp: [0, -3], ArrowDown: [0, 3] }
  const pressed = (one: Standing) => (event: KeyboardEvent) => {
    const step = keys[event.key]
    if (!step) return
    event.preventDefault()
    const [x, y] = drawn.to(where(one))
    tried(one.id, drawn.from([x + step[0], y + step[1]]))
  }
  const line = (place.border.coordinates as Point[]).map((point) =>
    drawn
      .to(point)
      .map((v) => v.toFixed(1))
      .join(' '),
  )
  return (
    <svg viewBox={`0 0 ${WIDE} ${drawn.height.toFixed(0)}`} class="plan-map" role="group" aria-label={t('plans.move')}>
      <path d={`M${line.join('L')}`} fill="none" stroke="var(--edge)" stroke-width="2" />
      {standing().map((one) => {
        const [x, y] = drawn.to(where(one))
        return (
          <circle
            key={one.id}
            cx={x}
            cy={y}
            r={one.family === 'seismic' ? 4 : 8}
            class={moves[one.id] ? 'plan-thing moved' : 'plan-thing'}
            tabIndex={0}
            role="button"
            aria-label={`${one.name}, ${word('family', one.family)}`}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId)
              held.value = { id: one.id, at: where(one) }
            }}
            onPointerMove={(event) => held.value?.id === one.id && (held.value = { id: one.id, at: pointed(event) })}
            onPointerUp={() => {
              const done = held.value
              held.value = null
              if (done) tried(done.id, done.at)
            }}
            onKeyDown={pressed(one)}
          >
            <title>{one.name}</title>
          </circle>
        )
      })}
    </svg>
  )
}

function Change({ answer }: { answer: TryAnswer }) {
  const { before, after } = answer
  const rows: { name: Key; way: string; was: number | null; is: number | null; lines: (number | null)[][] }[] = [
    {
      name: 'plans.seen',
      way: '',
      was: before.coverage.mean,
      is: after.coverage.mean,
      lines: [after.coverage.km, before.coverage.km],
    },
    ...after.closure.map((row, i) => ({
      name: 'plans.stopped' as Key,
      way: wayWords(`${row.mode} ${row.direction}`),
      was: before.closure[i]?.mean ?? null,
      is: row.mean,
      lines: [row.km, before.closure[i]?.km ?? []],
    })),
  ]
  return (
    <>
      {rows.map((row) => (
        <div key={row.name + row.way} class="plan-row">
          <span>
            {t(row.name, { way: row.way })}: {fine(row.was)} → <b>{fine(row.is)}</b>
          </span>
          <Steps lines={row.lines} label={t(row.name, { way: row.way })} />
        </div>
      ))}
    </>
  )
}

function Moving() {
  const moves = useSignal<Record<string, Point>>({})
  const answer = useSignal<TryAnswer | null>(null)
  const note = useSignal('')
  const asked = useSignal(0)
  const tried = (id: string, at: Point) => {
    moves.value = { ...moves.value, [id]: at }
    const mine = ++asked.value
    note.value = t('plans.trying')
    const all = Object.entries(moves.value).map(([name, [lon, lat]]) => ({ id: name, lon, lat }))
    api.tryMoves(all).then(
      (found) => {
        if (mine === asked.value) [answer.value, note.value] = [found, '']
      },
      (error: Error) => mine === asked.value && (note.value = error.message),
    )
  }
  const reset = () => {
    asked.value++
    ;[moves.value, answer.value, note.value] = [{}, null, '']
  }
  return (
    <section>
      <h2>{t('plans.move')}</h2>
      <p class="dim">{t('plans.move.hint')}</p>
      <Movable moves={moves.value} tried={tried} />
      <p role="status">{note.value}</p>
      {Object.keys(moves.value).length > 0 && (
        <button type="button" onClick={reset}>
          {t('plans.reset')}
        </button>
      )}
      {answer.value && <Change answer={answer.value} />}
    </section>
  )
}

/** Plans side by side, and what moving things would change: nothing here changes anything. */
export function PlansScreen() {
  const [reading, again] = useReading(api.plans)
  return (
    <div class="plans">
      <h1>{t('plans.title')}</h1>
      <ReadingNote reading={reading.value} what={t('plans.title')} again={again} />
      {reading.value.value && <Side plans={reading.value.value} />}
      <Moving />
    </div>
  )
}
