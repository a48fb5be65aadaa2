import { describe, expect, it } from 'vitest'
import { options, type Choices } from '../src/state/acts'
import { readRoute, writeRoute } from '../src/state/route'

describe('the checkpoint', () => {
  it('has an address of its own', () => {
    expect(readRoute('#/checkpoint').screen).toBe('checkpoint')
    expect(writeRoute({ screen: 'checkpoint', choice: null })).toBe('#/checkpoint')
  })

  it('ends a case about goods with what became of them, any other as before', () => {
    const choices: Choices = { verbs: ['close'], units: [], people: false, goods: true }
    expect(options('close', 'outcome', choices)).toContain('sent to laboratory')
    expect(options('close', 'outcome', { ...choices, goods: false })).not.toContain('released')
  })

  it('draws values within their panel, a flat line and a single point too', async () => {
    const { polyline } = await import('../src/screens/curve')
    const points = polyline([400, 500, 600], [0, 2, 1], 0, 2, 10, 110).split(' ')
    expect(points.map((point) => Number(point.split(',')[1]))).toEqual([110, 10, 60])
    expect(points[0]!.startsWith('8.0,')).toBe(true)
    expect(polyline([1], [3], 3, 3, 0, 10)).toBe('8.0,10.0')
  })
})
