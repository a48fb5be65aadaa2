import type { FibreRow } from '../api/client'

/** Bytes of a row of the waterfall: each a height above the noise in quarters of a dB. */
export function cellsOf(row: FibreRow): Uint8Array {
  return Uint8Array.from(atob(row.cells), (sign) => sign.charCodeAt(0))
}

/** Colour of a height above the noise, dB: dark, then blue, amber and white at 40 dB. */
export function colourOf(db: number): [number, number, number] {
  const stops: [number, number, number][] = [
    [14, 20, 27],
    [30, 74, 110],
    [214, 152, 44],
    [255, 250, 235],
  ]
  const at = Math.min(Math.max(db / 40, 0), 1) * (stops.length - 1)
  const k = Math.min(Math.floor(at), stops.length - 2)
  const [a, b] = [stops[k]!, stops[k + 1]!]
  return [0, 1, 2].map((i) => Math.round(a[i]! + (b[i]! - a[i]!) * (at - k))) as [number, number, number]
}

/** Rows kept so far with newer ones: by time, each once, the newest `kept`; rows of another width begin anew. */
export function joined(old: FibreRow[], fresh: FibreRow[], kept = 600): FibreRow[] {
  const newest = fresh.at(-1)
  const width = newest && cellsOf(newest).length
  const same = width === undefined ? old : old.filter((row) => cellsOf(row).length === width)
  const last = same.at(-1)?.time ?? -Infinity
  return [...same, ...fresh.filter((row) => row.time > last)].slice(-kept)
}

/** Paints rows, the newest below, one pixel for each second and cell. */
export function paint(rows: FibreRow[], height: number): ImageData | null {
  const width = rows.length ? cellsOf(rows.at(-1)!).length : 0
  if (!width) return null
  const image = new ImageData(width, height)
  const [r0, g0, b0] = colourOf(0)
  for (let i = 0; i < image.data.length; i += 4) image.data.set([r0, g0, b0, 255], i)
  const last = rows.at(-1)!.time
  for (const row of rows) {
    const y = height - 1 - Math.round(last - row.time)
    if (y < 0) continue
    cellsOf(row).forEach((value, x) => image.data.set([...colourOf(value / 4), 255], 4 * (y * width + x)))
  }
  return image
}
