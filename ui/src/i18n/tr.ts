import type { Words } from '.'

export const tr: Words = {}
