import { describe, expect, it } from 'vitest'
import { cellsOf, colourOf, joined } from '../src/lib/waterfall'

const row = (time: number, ...bytes: number[]) => ({ time, cells: btoa(String.fromCharCode(...bytes)) })

describe('the waterfall', () => {
  it('reads the bytes of a row', () => {
    expect([...cellsOf(row(1, 0, 7, 240))]).toEqual([0, 7, 240])
  })

  it('is darkest where nothing stirs and brightest from 40 dB on', () => {
    const light = (db: number) => colourOf(db).reduce((a, b) => a + b)
    expect([0, 5, 15, 30, 40].map(light)).toEqual([0, 5, 15, 30, 40].map(light).sort((a, b) => a - b))
    expect(colourOf(90)).toEqual(colourOf(40))
  })

  it('keeps each second once, and the newest of them', () => {
    const old = [row(1, 1, 1), row(2, 2, 2)]
    expect(joined(old, [row(2, 9, 9), row(3, 3, 3)]).map((one) => one.time)).toEqual([1, 2, 3])
    expect(joined(old, [row(3, 3, 3)], 2).map((one) => one.time)).toEqual([2, 3])
  })

  it('begins anew when a fibre is shown in another width', () => {
    expect(joined([row(1, 1, 1)], [row(2, 1, 1, 1, 1, 1)]).map((one) => one.time)).toEqual([2])
  })
})
