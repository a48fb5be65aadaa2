import { signal, useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { t } from '../i18n'
import { caseWhere } from '../lib/names'
import { queue } from '../state/store'

const said = signal({ text: '', help: false })

/** Says new rows of the queue to those who listen instead of look; help is said at once. */
export function Announcer() {
  const known = useRef<Set<string> | null>(null)
  useSignalEffect(() => {
    const { waiting } = queue.value
    const fresh = waiting.find((row) => known.current && !known.current.has(row.id))
    known.current = new Set([...(known.current ?? []), ...waiting.map(({ id }) => id)])
    if (fresh)
      said.value = { text: t('queue.new', { what: `${fresh.title}, ${caseWhere(fresh)}` }), help: fresh.priority === 'rescue' }
  })
  return (
    <div class="hidden" aria-live={said.value.help ? 'assertive' : 'polite'}>
      {said.value.text}
    </div>
  )
}
