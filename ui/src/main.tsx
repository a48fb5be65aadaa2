import { render } from 'preact'
import { App } from './app'
import { setLocale } from './i18n'
import { settings } from './state/settings'
import './styles/fonts.css'
import './styles/page.css'
import './styles/header.css'
import './styles/watch.css'
import './styles/map.css'
import './styles/side.css'
import './styles/strip.css'
import './styles/screens.css'
import './styles/checkpoint.css'
import './styles/fold.css'

setLocale(settings.value.locale)
render(<App />, document.getElementById('page')!)
