import { t } from '../i18n'
import { duration } from '../lib/format'
import { beat, heard, line, staleness } from '../state/store'

/** Says when the picture is older than it should be, and what is being done about it. */
export function StaleNote() {
  const { state, retryAt } = line.value
  if (!heard.value) {
    return <p class="stale-note waiting-first">{t(state === 'waiting' ? 'link.never' : 'link.connecting')}</p>
  }
  if (!staleness.value) return null
  const age = duration(staleness.value / 1000)
  const next = Math.ceil((retryAt - beat.value) / 1000)
  const words = state === 'open' ? t('link.late', { age }) : next > 0 ? t('link.lost', { age, next }) : t('link.retry', { age })
  return (
    <p class="stale-note" role="alert">
      {words}
    </p>
  )
}
