import { afterEach, describe, expect, it } from 'vitest'
import { fill, LOCALES, locale, t, word, type Locale } from '../src/i18n'
import { ar } from '../src/i18n/ar'
import { en, type Key } from '../src/i18n/en'
import { tr } from '../src/i18n/tr'

const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort()

afterEach(() => {
  locale.value = 'en'
})

describe('the words of the page', () => {
  it.each(Object.entries({ tr, ar }))('has every text in %s, with the same places to fill', (_, words) => {
    for (const [key, text] of Object.entries(en)) {
      const other = words[key as Key]
      expect(other, key).toBeTruthy()
      expect(places(other!), key).toEqual(places(text))
    }
  })

  it('names every language', () => {
    expect(Object.keys(LOCALES).sort()).toEqual(['ar', 'en', 'tr'])
  })

  it('fills places and leaves unknown ones', () => {
    expect(fill('{a} to {b}', { a: 6, b: 9 })).toBe('6 to 9')
    expect(fill('{a}')).toBe('{a}')
  })

  it('shows words of the data that nobody translated as they came', () => {
    expect(word('state', 'on_scene')).toBe('on scene')
    expect(word('state', 'half_open')).toBe('half open')
  })

  it('never says target, threat or illegal', () => {
    for (const name of Object.keys(LOCALES) as Locale[]) {
      locale.value = name
      const all = Object.keys(en).map((key) => t(key as Key))
      expect(all.filter((text) => /\b(target|threat|illegal)/i.test(text))).toEqual([])
    }
  })
})
