import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { api, type Tunnel } from '../api/client'
import { t, word } from '../i18n'
import { probability } from '../lib/format'
import { Fact, Part, Time } from '../panels/bits'
import { me } from '../state/store'
import { ReadingNote, useReading } from './table'

const REPORTS = ['spoil', 'subsidence', 'sound', 'tip', 'building', 'nothing']
const OUTCOMES = ['tunnel found', 'no tunnel found', 'handed to others']

type Send = (given: FormData) => Promise<unknown>

/** A row of fields that sends what was typed, then has the cases read again; says why it was refused. */
function Tools({ send, done, label, children }: { send: Send; done: () => void; label: string; children: ComponentChildren }) {
  const form = useRef<HTMLFormElement>(null)
  const problem = useSignal('')
  const submit = async (event: Event) => {
    event.preventDefault()
    try {
      await send(new FormData(form.current!))
      problem.value = ''
      form.current!.reset()
      done()
    } catch (error) {
      problem.value = (error as Error).message
    }
  }
  return (
    <form ref={form} class="screen-tools" onSubmit={submit}>
      {children}
      <button type="submit">{label}</button>
      <span role="status">{problem.value && <span class="bad">{problem.value}</span>}</span>
    </form>
  )
}

function Field({ name, label, max }: { name: string; label: string; max?: number }) {
  return (
    <label class="inline">
      {label} <input name={name} type="number" required step="any" min={0} max={max} />
    </label>
  )
}

function Words({ name, label }: { name: string; label: string }) {
  return (
    <label class="inline">
      {label} <input name={name} required maxLength={500} autocomplete="off" />
    </label>
  )
}

function Pick({ name, words, label }: { name: string; words: string[]; label: string }) {
  return (
    <label class="inline">
      {label}{' '}
      <select name={name}>
        {words.map((value) => (
          <option key={value} value={value}>
            {word('tunnel', value)}
          </option>
        ))}
      </select>
    </label>
  )
}

function OpenLead({ done }: { done: () => void }) {
  const send: Send = (given) =>
    api.openTunnel({
      title: String(given.get('title')),
      km_from: Number(given.get('from')),
      km_to: Number(given.get('to')),
    })
  return (
    <Tools send={send} done={done} label={t('tunnels.open')}>
      <Words name="title" label={t('tunnels.lead')} />
      <Field name="from" label={t('tunnels.from')} />
      <Field name="to" label={t('tunnels.to')} />
    </Tools>
  )
}

function Acts({ tunnel, done }: { tunnel: Tunnel; done: () => void }) {
  const report: Send = (given) => api.tunnelEvidence(tunnel.id, 'patrol', { report: String(given.get('report')) })
  const fibre: Send = (given) =>
    api.tunnelEvidence(tunnel.id, 'fibre', { nights: Number(given.get('nights')), heard: Number(given.get('heard')) })
  return (
    <>
      <Tools send={report} done={done} label={t('tunnels.add')}>
        <Pick name="report" words={REPORTS} label={t('tunnels.report')} />
      </Tools>
      <Tools send={fibre} done={done} label={t('tunnels.add')}>
        <Field name="nights" label={t('tunnels.nights')} max={1000} />
        <Field name="heard" label={t('tunnels.heard')} max={1000} />
      </Tools>
      <Tools
        send={(given) => api.handOverTunnel(tunnel.id, String(given.get('to')), String(given.get('text')))}
        done={done}
        label={t('tunnels.handover')}
      >
        <Words name="to" label={t('tunnels.handto')} />
        <Words name="text" label={t('tunnels.note')} />
      </Tools>
      <Tools send={(given) => api.closeTunnel(tunnel.id, String(given.get('outcome')))} done={done} label={t('tunnels.close')}>
        <Pick name="outcome" words={OUTCOMES} label={t('tunnels.outcome')} />
      </Tools>
    </>
  )
}

/** What is left of a tunnel that nobody saw, as words: how much of it is deep, small, finished. */
export function leftWords({ residual }: Tunnel): string {
  const share = (part: number) => `${Math.round((100 * part) / residual.p)} %`
  return t('tunnels.residual', {
    deep: share(residual.deeper_than_6_m),
    small: share(residual['under_1.2_m']),
    quiet: share(residual.phase.finished ?? 0),
  })
}

/** What is believed of one place, how that came about, and what to do next. */
export function TunnelView({ tunnel, done }: { tunnel: Tunnel; done: () => void }) {
  const likely = Object.entries(tunnel.depths)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 3)
  return (
    <section class="part" aria-label={tunnel.title}>
      <h2 dir="auto">
        {tunnel.title}, km {tunnel.km[0].toFixed(2)}–{tunnel.km[1].toFixed(2)}
      </h2>
      <dl class="facts">
        <Fact name={t('tunnels.p')}>{probability(tunnel.p)}</Fact>
        <Fact name={t('tunnels.prior')}>{probability(tunnel.prior)}</Fact>
        <Fact name={t('tunnels.depth')}>{likely.map(([depth, p]) => `${depth} m ${probability(p)}`).join(', ')}</Fact>
        <Fact name={t('tunnels.owner')}>{tunnel.owner}</Fact>
        {tunnel.outcome && <Fact name={t('tunnels.outcome')}>{word('tunnel', tunnel.outcome)}</Fact>}
      </dl>
      <Part title={t('tunnels.course')} when={tunnel.course.length > 0}>
        <ul class="lines">
          {tunnel.course.map((one, at) => (
            <li key={at}>
              <Time at={one.time} full /> {word('tunnel', one.kind)} <span class="figure">{probability(one.p)}</span>
            </li>
          ))}
        </ul>
      </Part>
      <Part title={t('tunnels.left')}>
        <p>{leftWords(tunnel)}</p>
      </Part>
      {tunnel.state === 'open' && (
        <>
          <Part title={t('tunnels.steps')}>
            <ul class="lines">
              {tunnel.steps.map((step) => (
                <li key={step.name}>
                  <b>{word('tunnel', step.name)}</b>{' '}
                  {t('tunnels.step', {
                    bits: step.bits.toFixed(3),
                    days: step.cost_days,
                    yes: probability(step.if_yes),
                    no: probability(step.if_no),
                  })}
                </li>
              ))}
            </ul>
          </Part>
          {me.value?.role !== 'viewer' && <Acts tunnel={tunnel} done={done} />}
        </>
      )}
    </section>
  )
}

/** Leads on tunnels: slow cases that gather evidence over weeks. */
export function TunnelsScreen() {
  const [reading, again] = useReading(api.tunnels)
  const found = reading.value.value
  return (
    <>
      <h1>{t('tunnels.title')}</h1>
      <p>{t('tunnels.why')}</p>
      {me.value?.role !== 'viewer' && <OpenLead done={again} />}
      <ReadingNote reading={reading.value} what={t('tunnels.title')} again={again} />
      {found?.length === 0 && <p class="dim">{t('tunnels.none')}</p>}
      {found?.map((tunnel) => (
        <TunnelView key={tunnel.id} tunnel={tunnel} done={again} />
      ))}
    </>
  )
}
