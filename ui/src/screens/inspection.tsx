import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { api } from '../api/client'
import type { Drawn, InspectionPlan } from '../api/types'
import { t, word } from '../i18n'
import { probability } from '../lib/format'
import { me } from '../state/store'

const WAYS = ['in', 'out'] as const

function Told({ drawn }: { drawn: Drawn }) {
  const tools = drawn.tools.map((tool) => word('tool', tool)).join(', ')
  const box = useRef<HTMLParagraphElement>(null)
  useEffect(() => box.current?.scrollIntoView({ block: 'nearest' }), [drawn])
  return (
    <p ref={box} class={drawn.tools.length ? 'drawn level-check' : 'drawn level-clear'} role="status">
      <b>{drawn.tools.length ? t('inspect.test', { tools }) : t('inspect.pass')}</b>{' '}
      <span class="dim">{word('goods', drawn.goods)}</span>
    </p>
  )
}

/** Which tests the next vehicle gets: by its goods and by chance, never by who drives it. */
export function NextVehicle({ crossing }: { crossing: string }) {
  const way = useSignal<(typeof WAYS)[number]>('in')
  const plan = useSignal<InspectionPlan | null>(null)
  const drawn = useSignal<Drawn | null>(null)
  const problem = useSignal('')
  useEffect(() => {
    drawn.value = null
    api.inspection(crossing, way.value).then(
      (found) => (plan.value = found),
      (error: Error) => (problem.value = error.message),
    )
  }, [crossing, way.value])
  const draw = async (goods: string) => {
    try {
      drawn.value = await api.draw({ crossing, direction: way.value, goods })
      problem.value = ''
    } catch (error) {
      problem.value = (error as Error).message
    }
  }
  if (me.value?.role === 'viewer') return null
  return (
    <details class="inspect">
      <summary class="big-summary">{t('inspect.title')}</summary>
      <p class="dim">{t('inspect.why')}</p>
      <div class="big-row" role="group" aria-label={t('inspect.way')}>
        {WAYS.map((name) => (
          <button key={name} type="button" class="big" aria-pressed={way.value === name} onClick={() => (way.value = name)}>
            {t(`way.${name}`)}
          </button>
        ))}
      </div>
      {drawn.value && <Told drawn={drawn.value} />}
      <div class="big-row" role="group" aria-label={t('inspect.goods')}>
        {plan.value?.goods.map((goods) => (
          <button key={goods} type="button" class="big" onClick={() => void draw(goods)}>
            {word('goods', goods)}
          </button>
        ))}
      </div>
      <p class="problem" role="alert">
        {problem.value}
      </p>
      {plan.value && (
        <ul class="lines dim">
          {plan.value.replies.map((one) => (
            <li key={one.contraband}>
              {t('inspect.reply', {
                what: word('contraband', one.contraband),
                p: probability(one.p_found),
                goods: word('goods', one.goods),
              })}
            </li>
          ))}
        </ul>
      )}
    </details>
  )
}
