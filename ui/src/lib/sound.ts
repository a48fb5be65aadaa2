import { signal } from '@preact/signals'

/** True when the browser holds the sound back until the page is clicked. */
export const soundBlocked = signal(false)

let context: AudioContext | null = null

function ready(): AudioContext {
  context ??= new AudioContext()
  if (context.state === 'suspended') void context.resume().then(noted, noted)
  noted()
  return context
}

function noted(): void {
  soundBlocked.value = context?.state === 'suspended'
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
  ;[0, 0.55].forEach((wait) => {
    tone(audio, audio.currentTime + wait, 880, 0.2)
    tone(audio, audio.currentTime + wait + 0.22, 660, 0.26)
  })
}

/** Opens the sound on the first click or key, as browsers ask. */
export function unlockSound(): void {
  addEventListener('pointerdown', ready, { once: true })
  addEventListener('keydown', ready, { once: true })
}
