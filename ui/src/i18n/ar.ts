import type { Words } from '.'

export const ar: Words = {}
