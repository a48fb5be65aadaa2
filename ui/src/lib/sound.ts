import { signal } from '@preact/signals'

/** True when the browser holds the sound back until the page is clicked. */
export const soundBlocked = signal(false)

let context: AudioContext | null = null

/** The audio of the page once a person has touched it; browsers allow none before. */
function ready(): AudioContext | null {
  if (!navigator.userActivation?.hasBeenActive) {
    soundBlocked.value = true
    return null
  }
  context ??= new AudioContext()
  if (context.state === 'suspended') void context.resume()
  soundBlocked.value = false
  return context
}

function tone(audio: AudioContext, at: number, hertz: number, seconds: number): void {
  const oscillator = audio.createOscillator()
  const gain = audio.createGain()
  oscillator.frequency.value = hertz
  gain.gain.setValueAtTime(0, at)
  gain.gain.linearRampToValueAtTime(0.18, at + 0.02)
  gain.gain.setValueAtTime(0.18, at + seconds - 0.04)
  gain.gain.linearRampToValueAtTime(0, at + seconds)
  oscillator.connect(gain).connect(audio.destination)
  oscillator.start(at)
  oscillator.stop(at + seconds)
}

/** Sounds distress: two falling pairs, unlike any other sound of the room. */
export function soundDistress(): void {
  const audio = ready()
  if (!audio) return
  ;[0, 0.55].forEach((wait) => {
    tone(audio, audio.currentTime + wait, 880, 0.2)
    tone(audio, audio.currentTime + wait + 0.22, 660, 0.26)
  })
}

/** Opens the sound on the first click or key, as browsers ask. */
export function unlockSound(): void {
  addEventListener('pointerup', ready, { once: true })
  addEventListener('keydown', ready, { once: true })
}
