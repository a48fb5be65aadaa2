/** The scale of P(detect): pale sand where the stretch is weak, deep blue where it is strong. Its lightness falls
 * steadily, so it reads the same with any colour vision and in grey (after cividis, Nuñez, Anderton and Renslow 2018). */

const STOPS: [number, number, number][] = [
  [255, 226, 122],
  [196, 176, 104],
  [124, 123, 120],
  [74, 94, 120],
  [38, 66, 104],
]

/** The colour of a probability as red, green, blue of 0 to 255. */
export function rgbOf(p: number): [number, number, number] {
  const at = Math.min(1, Math.max(0, p)) * (STOPS.length - 1)
  const i = Math.min(STOPS.length - 2, Math.floor(at))
  const [a, b] = [STOPS[i]!, STOPS[i + 1]!]
  const mix = (k: 0 | 1 | 2) => Math.round(a[k] + (b[k] - a[k]) * (at - i))
  return [mix(0), mix(1), mix(2)]
}

/** The colour of a probability for CSS and canvas. */
export function colourOf(p: number): string {
  return `rgb(${rgbOf(p).join(' ')})`
}
