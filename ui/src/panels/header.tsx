import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { TargetClass } from '../api/types'
import { LOCALES, setLocale, t, word, type Key, type Locale } from '../i18n'
import { clock, day, duration, offset, probability, stamp } from '../lib/format'
import { Icon } from '../lib/icons'
import { soundBlocked } from '../lib/sound'
import { route, show } from '../state/choice'
import { SCREENS, type Screen } from '../state/route'
import { logout } from '../state/session'
import { set, settings } from '../state/settings'
import { me, picture, pictured, queue, sector, sensors, strip, stripClasses, target, time, zone } from '../state/store'
import { helpOpen } from './help'
import { passwordOpen } from '../screens/login'

/** A watch that works on what came this long ago says so, seconds. */
const BEHIND_S = 5

/** A measured speed as people set it: whole numbers from 3 on. */
function pace(speed: number): string {
  if (speed < 0.5) return '<1'
  return speed >= 3 ? String(Math.round(speed)) : speed.toFixed(1).replace('.0', '')
}

function mean(values: number[]): number {
  return values.reduce((sum, p) => sum + p, 0) / (values.length || 1)
}

/** The page's own words for a badge that carries no figure, so that it can be translated. */
function ownWords(id: string): string | null {
  return id.replace('-', '_') === 'modelled_terrain' ? t('badge.modelled_terrain') : id === 'flood' ? t('badge.flood') : null
}

/** Badges of the watch and of this page; they stay on every screen. */
export function badges(): { id: string; text: string; bad?: boolean }[] {
  const { badges: given, mode, speed, load } = picture.value
  const all: { id: string; text: string; bad?: boolean }[] = given.map(({ id, text }) => ({
    id,
    text: ownWords(id) ?? text,
    bad: /down|clock|flood/.test(id),
  }))
  const has = (part: string) => all.some((badge) => badge.id.includes(part))
  const failure = picture.value.health?.failure
  const lag = picture.value.health?.journal_lag_s ?? 0
  if (mode === 'simulated' && !has('simulated'))
    all.unshift({ id: 'simulated', text: t('badge.simulated', { n: pace(speed) }) })
  if (mode === 'replay' && !has('replay')) all.unshift({ id: 'replay', text: t('badge.replay', { n: pace(speed) }) })
  if (sector.value?.terrain.modelled && !has('terrain')) all.push({ id: 'modelled_terrain', text: t('badge.modelled_terrain') })
  if (load && load.per_hour > load.limit && !has('load')) all.push({ id: 'load', text: t('badge.load', { n: load.limit }) })
  if (lag > BEHIND_S) all.unshift({ id: 'behind', text: t('badge.behind', { t: duration(lag) }), bad: true })
  if (failure) all.unshift({ id: 'failure', text: t('badge.failure', { why: failure }), bad: true })
  if (soundBlocked.value && settings.value.sound) all.push({ id: 'sound', text: t('badge.sound') })
  return all
}

function Badges() {
  return (
    <ul class="badges">
      {badges().map(({ id, text, bad }) => (
        <li key={id} class={bad ? 'badge bad' : 'badge'} data-badge={id}>
          {text}
        </li>
      ))}
    </ul>
  )
}

function DetectFigure({ name }: { name: TargetClass }) {
  const p = strip.value?.detect[name] ?? []
  const low = Math.min(...p)
  const hint = t('head.detect.hint', { class: word('class', name), km: p.indexOf(low), low: probability(low) })
  return (
    <button
      type="button"
      class="figure-box"
      title={hint}
      aria-pressed={name === target.value}
      onClick={() => set({ target: name })}
    >
      <span class="label">{word('class', name)}</span>
      <span class="value">{probability(mean(p))}</span>
    </button>
  )
}

function DetectFigures() {
  if (!strip.value) return null
  return (
    <div class="figures" role="group" aria-label={t('head.detect')}>
      <span class="label">{t('head.detect')}</span>
      <div class="figure-row">
        {stripClasses.value.map((name) => (
          <DetectFigure key={name} name={name} />
        ))}
      </div>
    </div>
  )
}

function LoadFigure() {
  const load = picture.value.load
  if (!load) return null
  const hint = t('head.load.hint', { n: load.per_hour, ten: load.last_10_min, limit: load.limit })
  return (
    <button type="button" class="figure-box" title={hint} onClick={() => show('cases')}>
      <span class="label">{t('head.load')}</span>
      <span class="value">{t('head.load.value', { n: Math.round(load.per_hour) })}</span>
      <meter min={0} max={load.limit} high={load.limit * 0.75} value={Math.min(load.limit, load.per_hour)} aria-label={hint} />
    </button>
  )
}

function HealthFigure() {
  if (!pictured.value) return null
  const all = Object.values(sensors.value)
  const bad = all.filter(({ state }) => state !== 'up' && state !== 'degraded').length
  const h = picture.value.health
  const hint = h
    ? t('head.health.hint', {
        ingest: Math.round(h.ingest_per_s),
        lag: h.journal_lag_s.toFixed(1),
        refused: h.refused,
        late: h.late,
      })
    : ''
  return (
    <button type="button" class="figure-box" title={hint} onClick={() => show('sensors')}>
      <span class="label">{t('head.health')}</span>
      <span class={bad ? 'value bad' : 'value'}>
        {bad ? t('head.health.some', { bad, n: all.length }) : t('head.health.ok', { n: all.length })}
      </span>
    </button>
  )
}

function Clock() {
  if (!time.value) return null
  const utc = t('head.time.hint', { utc: stamp(time.value, zone.value).utc.slice(11, 16) })
  return (
    <time class="clock" title={utc} dateTime={stamp(time.value, zone.value).utc}>
      <span class="hour">{clock(time.value, zone.value)}</span>
      <span class="label">
        {offset(time.value, zone.value)} · {day(time.value, zone.value)}
      </span>
    </time>
  )
}

/** What waits, on every screen: those who need help first. */
function Waiting() {
  const { waiting } = queue.value
  const help = waiting.filter((row) => row.priority === 'rescue').length
  if (route.value.screen === 'watch' || !pictured.value) return null
  return (
    <button type="button" class={help ? 'waiting rescue' : 'waiting'} onClick={() => show('watch')}>
      {help
        ? help === 1
          ? t('head.help.one')
          : t('head.help.many', { n: help })
        : waiting.length
          ? t('head.person', { n: waiting.length })
          : t('head.person.none')}
    </button>
  )
}

const ALLOWED: Partial<Record<Screen, string[]>> = { users: ['supervisor'], audit: ['supervisor'] }

function MenuList({ close }: { close: () => void }) {
  const role = me.value?.role ?? 'viewer'
  const pick = (act: () => void) => () => {
    close()
    act()
  }
  return (
    <div class="menu-list">
      {SCREENS.filter((name) => ALLOWED[name]?.includes(role) ?? true).map((name) => (
        <button
          key={name}
          type="button"
          aria-current={route.value.screen === name ? 'page' : undefined}
          onClick={pick(() => show(name))}
        >
          {t(`nav.${name}` as Key)}
        </button>
      ))}
      <hr />
      <label>
        {t('nav.language')}
        <select value={settings.value.locale} onChange={(event) => chooseLocale(event.currentTarget.value as Locale)}>
          {Object.entries(LOCALES).map(([name, title]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <button type="button" aria-pressed={settings.value.sound} onClick={() => set({ sound: !settings.value.sound })}>
        {t('nav.sound')}: {t(settings.value.sound ? 'nav.sound.on' : 'nav.sound.off')}
      </button>
      <button type="button" onClick={pick(() => (helpOpen.value = true))}>
        {t('nav.keys')} <kbd>?</kbd>
      </button>
      <hr />
      <button type="button" onClick={pick(() => (passwordOpen.value = true))}>
        {t('nav.password')}
      </button>
      <button type="button" onClick={pick(() => void logout())}>
        {t('nav.logout')}
      </button>
    </div>
  )
}

function chooseLocale(locale: Locale): void {
  set({ locale })
  setLocale(locale)
}

function Menu() {
  const open = useSignal(false)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const away = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) open.value = false
    }
    addEventListener('pointerdown', away)
    return () => removeEventListener('pointerdown', away)
  }, [])
  return (
    <div
      class="menu"
      ref={box}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open.value) return
        open.value = false
        event.stopPropagation()
      }}
    >
      <button type="button" class="menu-button" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
        <Icon name="menu" size={16} />
        <span>
          <span class="menu-name">{me.value?.name}</span>
          <span class="label">{word('role', me.value?.role ?? 'viewer')}</span>
        </span>
      </button>
      {open.value && <MenuList close={() => (open.value = false)} />}
    </div>
  )
}

/** The head of every screen: where, how true, when, how well watched, how busy, who. */
export function Header() {
  return (
    <header>
      <button type="button" class="brand" onClick={() => show('watch')}>
        <b>{t('app.name')}</b>
        <span>{sector.value?.title}</span>
      </button>
      <Badges />
      <span class="spring" />
      <Waiting />
      <DetectFigures />
      <LoadFigure />
      <HealthFigure />
      <Clock />
      <Menu />
    </header>
  )
}
