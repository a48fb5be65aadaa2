import { render } from 'preact'
import { App } from './app'
import { setLocale } from './i18n'
import { settings } from './state/settings'
import './styles/fonts.css'
import './styles/page.css'
import './styles/watch.css'
import './styles/screens.css'

setLocale(settings.value.locale)
render(<App />, document.getElementById('page')!)
