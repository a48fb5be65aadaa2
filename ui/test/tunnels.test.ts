import { expect, it } from 'vitest'
import type { Tunnel } from '../src/api/client'
import { leftWords } from '../src/screens/tunnels'
import { readRoute } from '../src/state/route'

const TUNNEL: Tunnel = {
  id: 'tunnel-0001',
  state: 'open',
  title: 'fresh earth',
  km: [3.2, 3.6],
  prior: 0.02,
  p: 0.2344,
  owner: 'otto',
  outcome: null,
  course: [{ time: 1000, kind: 'patrol', p: 0.2344 }],
  depths: { '4': 0.6, '6': 0.4 },
  steps: [{ name: 'second fibre', bits: 0.321, p_yes: 0.3, if_yes: 0.9, if_no: 0.05, cost_days: 20 }],
  residual: { p: 0.2, phase: { 'being dug': 0.15, finished: 0.05 }, deeper_than_6_m: 0.1, 'under_1.2_m': 0.02 },
}

it('has an address of its own', () => {
  expect(readRoute('#/tunnels').screen).toBe('tunnels')
})

it('says what is left unseen, as shares of what is left', () => {
  expect(leftWords(TUNNEL)).toBe('Of what is left, 50 % is deeper than 6 m, 10 % under 1.2 m wide, 25 % finished and quiet.')
})
