/** The colours that canvas and map share with the style sheet. Red is distress and failure, nothing else. */
export const PALETTE = {
  ground: '#0d1113',
  panel: '#14191c',
  line: '#2a3338',
  text: '#e6ecef',
  dim: '#a3b0b8',
  faint: '#82919a',
  accent: '#7cc4ff',
  distress: '#ff5a52',
  unknown: '#f2e35c',
  suspect: '#ffb02e',
  weak: '#ffe27a',
  own: '#7fd3ff',
} as const

/** The font of everything that is drawn. */
export const FONT = '"IBM Plex Sans", "IBM Plex Sans Arabic", system-ui, sans-serif'
