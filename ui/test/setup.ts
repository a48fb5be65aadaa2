import { vi } from 'vitest'

/** The little of a browser that the state of the page touches when it is loaded. */
vi.stubGlobal('location', { hash: '', href: 'http://127.0.0.1/', host: '127.0.0.1', protocol: 'http:' })
vi.stubGlobal('history', { pushState: () => undefined, replaceState: () => undefined })
vi.stubGlobal('document', { getElementById: () => null, documentElement: {} })
