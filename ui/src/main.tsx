import '@fontsource/ibm-plex-sans/latin-400.css'
import '@fontsource/ibm-plex-sans/latin-500.css'
import '@fontsource/ibm-plex-sans/latin-600.css'
import '@fontsource/ibm-plex-sans/latin-ext-400.css'
import '@fontsource/ibm-plex-sans/latin-ext-500.css'
import '@fontsource/ibm-plex-sans/latin-ext-600.css'
import '@fontsource/ibm-plex-sans-arabic/arabic-400.css'
import '@fontsource/ibm-plex-sans-arabic/arabic-600.css'
import { render } from 'preact'
import { App } from './app'
import { setLocale } from './i18n'
import { settings } from './state/settings'
import './styles/page.css'
import './styles/watch.css'
import './styles/screens.css'

setLocale(settings.value.locale)
render(<App />, document.getElementById('page')!)
