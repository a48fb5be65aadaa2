declare module 'milsymbol/parts' {
  import type { SymbolOptions } from 'milsymbol'
  interface Part {
    type: string
  }
  export const ms: {
    Symbol: new (
      sidc: string,
      options?: Omit<SymbolOptions, 'frameColor'> & { frameColor?: object },
    ) => { asCanvas(ratio?: number): HTMLCanvasElement }
    addIcons(part: Part): void
    Path2D: unknown
  }
  export const numberair: Part
  export const numberlandunit: Part
  export const numberlandcivilian: Part
  export const numberlandequipment: Part
  export const numberactivites: Part
  export const path2d: unknown
}
