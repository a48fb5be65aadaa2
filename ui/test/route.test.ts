import { describe, expect, it } from 'vitest'
import { readRoute, writeRoute, type Route } from '../src/state/route'

describe('addresses', () => {
  const routes: Route[] = [
    { screen: 'watch', choice: null },
    { screen: 'watch', choice: { kind: 'case', id: 'case-000002' } },
    { screen: 'watch', choice: { kind: 'sensor', id: 'tower-6/radar' } },
    { screen: 'watch', choice: { kind: 'track', id: '17' } },
    { screen: 'watch', choice: { kind: 'km', km: 41.2 } },
    { screen: 'watch', choice: { kind: 'place', lon: 37.61234, lat: 36.7 } },
    { screen: 'audit', choice: null },
  ]

  it.each(routes.map((route) => [writeRoute(route), route] as const))('%s is read back', (address, route) => {
    expect(readRoute(address)).toEqual(route)
  })

  it('leads to the watch when it knows nothing better', () => {
    for (const address of ['', '#', '#/', '#/nowhere', '#/watch/km/x', '#/watch/place/1', '#/watch/king/1']) {
      expect(readRoute(address)).toEqual({ screen: 'watch', choice: null })
    }
  })
})
