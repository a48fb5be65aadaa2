import { effect } from '@preact/signals'
import { soundDistress } from '../lib/sound'
import { settings } from './settings'
import { queue } from './store'

const REPEAT = 8000

/** Cases that need help and that nobody has taken up yet. */
function crying(): string[] {
  return queue.value.waiting
    .filter((row) => row.priority === 'rescue' && row.state === 'open' && !row.owner)
    .map(({ id }) => id)
}

/** Sounds distress at once and every eight seconds until somebody has it or the sound is off. */
export function followDistress(): () => void {
  let timer = 0
  let sounding = false
  const quiet = () => {
    clearInterval(timer)
    sounding = false
  }
  const stop = effect(() => {
    const wanted = settings.value.sound && crying().length > 0
    if (!wanted) return quiet()
    if (sounding) return
    sounding = true
    soundDistress()
    timer = window.setInterval(soundDistress, REPEAT)
  })
  return () => {
    stop()
    quiet()
  }
}
