import type { Message } from '../api/types'
import { line, take } from './store'

const FIRST_WAIT = 1000
const LONGEST_WAIT = 15000
/** A line that carries nothing for this long is taken for dead, ms. */
const SILENT = 30000

/** How long to wait before try number n, ms, with the jitter that keeps many pages from knocking at once. */
export function backoff(attempt: number, jitter: number): number {
  return Math.round(Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt) * (0.75 + 0.5 * jitter))
}

function address(): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/live`
}

/** Keeps the live line open until it is stopped; `lost` is asked after each break whether the session still stands. */
export function connect(lost: () => Promise<boolean>): () => void {
  let socket: WebSocket | null = null
  let attempt = 0
  let timer = 0
  let stopped = false

  const watchdog = () => {
    clearTimeout(timer)
    timer = window.setTimeout(() => socket?.close(), SILENT)
  }
  const again = () => {
    clearTimeout(timer)
    if (stopped) return
    const wait = backoff(attempt++, Math.random())
    line.value = { state: 'waiting', retryAt: Date.now() + wait }
    timer = window.setTimeout(open, wait)
  }
  const open = () => {
    if (attempt === 0) line.value = { state: 'connecting', retryAt: 0 }
    socket = new WebSocket(address())
    watchdog()
    socket.onmessage = (event: MessageEvent<string>) => {
      take(JSON.parse(event.data) as Message)
      attempt = 0
      if (line.value.state !== 'open') line.value = { state: 'open', retryAt: 0 }
      watchdog()
    }
    socket.onclose = () => void lost().then((stands) => stands && again())
  }
  open()
  return () => {
    stopped = true
    clearTimeout(timer)
    socket?.close()
  }
}
