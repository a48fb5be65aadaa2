import { signal } from '@preact/signals'
import { ar } from './ar'
import { en, type Key } from './en'
import { tr } from './tr'

export type { Key } from './en'
export type Locale = 'en' | 'tr' | 'ar'
export type Words = Partial<Record<Key, string>>

/** The languages of the page by their own names. */
export const LOCALES: Record<Locale, string> = { en: 'English', tr: 'Türkçe', ar: 'العربية' }

const DICTIONARIES: Record<Locale, Words> = { en, tr, ar }

/** The language in use. */
export const locale = signal<Locale>('en')

/** Fills `{name}` places of a text; a name without a value stays as it is. */
export function fill(text: string, values: Record<string, string | number> = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** The text of a key in the language in use, or in English where that language lacks it. */
export function t(key: Key, values?: Record<string, string | number>): string {
  return fill(DICTIONARIES[locale.value][key] ?? en[key], values)
}

/** The text of a word that came with the data (`state.up`); a word nobody translated is shown as it came. */
export function word(group: string, value: string): string {
  const key = `${group}.${value}`
  return key in en ? t(key as Key) : value.replaceAll('_', ' ')
}

/** Sets the language, and the direction and language of the document. */
export function setLocale(next: Locale): void {
  locale.value = next
  document.documentElement.lang = next
  document.documentElement.dir = next === 'ar' ? 'rtl' : 'ltr'
}
