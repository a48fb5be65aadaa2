/** Line icons on a 24 px grid, one path each, so that the page and the map draw the same thing. */
export const ICONS: Record<string, string> = {
  aerostat: 'M2.5 8.5a8 4.3 0 1 0 16 0a8 4.3 0 1 0-16 0M17.5 6.5l4-2.5v9l-4-2.5M8 12.5l2.5 9 2.5-9',
  tower: 'M12 8 8 21.5M12 8l4 13.5M9.6 16h4.8M12 4.6v.1M8.2 1.8a5 5 0 0 0 0 5.6M15.8 1.8a5 5 0 0 1 0 5.6',
  radar: 'M4 16a9 9 0 0 1 12-12zM10 10l6 6M16 10a3 3 0 0 0-2-2M8 17v4.5M4.5 21.5h7',
  camera: 'M2.5 7.5h12v9h-12zM14.5 11l7-3.5v9l-7-3.5z',
  seismic: 'M2 12h4l2-6 4 12 3-9 2 3h5',
  fence_sensor: 'M4 5v15M12 5v15M20 5v15M2 9.5h20M2 15.5h20',
  fibre: 'M2 12c3-7 5-7 7.5 0s4.5 7 7 0 3.5-6 5.5-2',
  fence: 'M4 5v15M12 5v15M20 5v15M2 9.5h20M2 15.5h20',
  wall: 'M2.5 6h19v12h-19zM2.5 12h19M9 6v6M15.5 12v6',
  gate: 'M4 21V4M20 21V4M4 8h16M12 8v6',
  checkpoint: 'M4 21V4M20 21V4M4 8h16M12 8v6',
  post: 'M4 21V10l8-6.5 8 6.5v11zM10 21v-6h4v6',
  patrol: 'M3 16V9h10l4 3.5h4V16zM7 18.5a1.5 1.5 0 1 0 .1 0M17 18.5a1.5 1.5 0 1 0 .1 0',
  drone:
    'M7 7l10 10M17 7 7 17M4 7a3 3 0 1 0 6 0a3 3 0 1 0-6 0M14 7a3 3 0 1 0 6 0a3 3 0 1 0-6 0M4 17a3 3 0 1 0 6 0a3 3 0 1 0-6 0M14 17a3 3 0 1 0 6 0a3 3 0 1 0-6 0',
  person: 'M12 3.5a2.3 2.3 0 1 0 .1 0M12 9.5v6M8 11.5h8M12 15.5l-3.5 6M12 15.5l3.5 6',
  group: 'M6.5 5.5a2 2 0 1 0 .1 0M17.5 5.5a2 2 0 1 0 .1 0M12 3a2 2 0 1 0 .1 0M6.5 11v9M17.5 11v9M12 8.5v11.5',
  people: 'M6.5 5.5a2 2 0 1 0 .1 0M17.5 5.5a2 2 0 1 0 .1 0M12 3a2 2 0 1 0 .1 0M6.5 11v9M17.5 11v9M12 8.5v11.5',
  vehicle: 'M2.5 16.5v-5l4-5h9l2.5 5h3.5v5zM7 18.5a1.5 1.5 0 1 0 .1 0M17 18.5a1.5 1.5 0 1 0 .1 0',
  animal: 'M12 12c-3 0-5 3.5-5 5.5s2 3 5 2.3c3 .7 5-.3 5-2.3S15 12 12 12M5 9.5v1.5M9.5 4.5v2M14.5 4.5v2M19 9.5v1.5',
  clutter: 'M5 5v.1M12 5v.1M19 5v.1M5 12v.1M12 12v.1M19 12v.1M5 19v.1M12 19v.1M19 19v.1',
  unknown: 'M8.5 8.5a3.5 3.5 0 1 1 5.5 3c-1.5 1-2 1.5-2 3.5M12 19.5v.1',
  distress: 'M12 4v10M12 19.5v.1',
  approach: 'M3 4h18M12 21V9M7 13.5 12 8.5l5 5',
  crossing: 'M3 12h18M12 21V3M7 8l5-5 5 5',
  silence: 'M4 9.5h3.5L12 5.5v13l-4.5-4H4zM16 9.5l5 5M21 9.5l-5 5',
  gap: 'M2 12h5M17 12h5M9.5 7.5l-1.5 9M16 7.5l-1.5 9',
  recall: 'M5 4a7 4 0 0 0 14 0M12 10v9M7.5 15l4.5 4.5 4.5-4.5',
  flood: 'M2 8c3-3 4.5-3 7 0s4.5 3 6.5 0 4-3 6.5 0M2 16c3-3 4.5-3 7 0s4.5 3 6.5 0 4-3 6.5 0',
  reading: 'M3 20h18M3 15h4l2-9 3 12 3-7 2 4h4',
  tick: 'M4 12.5l5.5 5.5L20.5 6.5',
  menu: 'M3 6h18M3 12h18M3 18h18',
  close: 'M5 5l14 14M19 5 5 19',
  flip: 'M7 4 3 8l4 4M3 8h14M17 12l4 4-4 4M21 16H7',
  whole: 'M3 9V4h6M21 9V4h-6M3 15v5h6M21 15v5h-6',
  chevron: 'M9 5l7 7-7 7',
}

/** One icon in the line of a text; it is decoration, the words beside it say the same. */
export function Icon({ name, size = 16 }: { name: string; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path
        d={ICONS[name] ?? ICONS.unknown}
        fill="none"
        stroke="currentColor"
        stroke-width="2"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  )
}
