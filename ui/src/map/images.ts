import type { SensorState } from '../api/types'

/** Width of the band that marks blind stretches, px; its picture is as high as the band is wide. */
export const HATCH = 14

/** Families that stand at a point and have a picture of their own. */
export const PLACED = [
  'aerostat',
  'tower',
  'radar',
  'camera',
  'seismic',
  'fence_sensor',
  'fibre',
  'gate',
  'checkpoint',
  'post',
  'drone',
  'patrol',
  'unknown',
]

/** Name of the picture of a placed asset; families without one of their own get the plain one. */
export function assetImage(family: string, state: SensorState): string {
  return `asset-${PLACED.includes(family) ? family : 'unknown'}-${state}`
}
