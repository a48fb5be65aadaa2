import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Writes the licences of what is bundled beside the page, as they ask. */
function licences(names: string[]): Plugin {
  return {
    name: 'limes-licences',
    generateBundle() {
      const parts = names.map((name) => {
        const folder = here(`node_modules/${name}`)
        const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
        if (!file) throw new Error(`${name} has no licence file; name it here by hand`)
        return `${name}\n\n${readFileSync(`${folder}/${file}`, 'utf8').trim()}\n`
      })
      this.emitFile({ type: 'asset', fileName: 'assets/licences.txt', source: parts.join(`\n${'-'.repeat(80)}\n\n`) })
    },
  }
}

export default defineConfig({
  publicDir: false,
  resolve: { alias: { 'milsymbol/parts': here('node_modules/milsymbol/index.mjs') } },
  plugins: [
    licences([
      'maplibre-gl',
      'milsymbol',
      'preact',
      '@preact/signals',
      '@fontsource/ibm-plex-sans',
      '@fontsource/ibm-plex-sans-arabic',
    ]),
  ],
  build: {
    outDir: here('../src/limes/web/static'),
    emptyOutDir: true,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'map', test: /maplibre-gl/ },
            { name: 'symbols', test: /milsymbol/ },
          ],
        },
      },
    },
  },
  server: {
    proxy: { '/api': { target: process.env.LIMES_URL ?? 'http://127.0.0.1:8340', ws: true } },
  },
})
