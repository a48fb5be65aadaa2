import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { t, type Key } from '../i18n'

/** True while the list of keys is shown. */
export const helpOpen = signal(false)

const KEYS: [string, Key][] = [
  ['↑ ↓', 'keys.queue'],
  ['Enter', 'keys.enter'],
  ['Esc', 'keys.esc'],
  ['C', 'keys.confirm'],
  ['D', 'keys.dismiss'],
  ['P', 'keys.dispatch'],
  ['R', 'keys.rescue'],
  ['S', 'keys.shelve'],
  ['N', 'keys.note'],
  ['X', 'keys.close'],
  ['U', 'keys.undo'],
  ['K', 'keys.class'],
  ['T', 'keys.window'],
  ['B', 'keys.band'],
  ['V', 'keys.coverage'],
  ['Z', 'keys.zoom'],
  ['M', 'keys.mute'],
  ['?', 'keys.help'],
]

/** Every key of the watch. */
export function HelpPanel() {
  const box = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (helpOpen.value) box.current?.showModal()
    else box.current?.close()
  }, [helpOpen.value])
  return (
    <dialog ref={box} onClose={() => (helpOpen.value = false)} aria-labelledby="keys-title">
      <h2 id="keys-title">{t('keys.title')}</h2>
      <dl class="keys">
        {KEYS.map(([name, words]) => (
          <div key={name}>
            <dt>
              <kbd>{name}</kbd>
            </dt>
            <dd>{t(words)}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={() => (helpOpen.value = false)}>
        {t('keys.close.help')}
      </button>
    </dialog>
  )
}
