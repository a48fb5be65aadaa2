import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { JSX } from 'preact'
import { t } from './i18n'
import { unlockSound } from './lib/sound'
import { zoomToChoice } from './map/view'
import { followStory } from './map/story'
import { DoneNote } from './panels/acts'
import { Announcer } from './panels/announce'
import { Header } from './panels/header'
import { HelpPanel, helpOpen } from './panels/help'
import { Inspector } from './panels/inspector'
import { QueuePanel } from './panels/queue'
import { StaleNote } from './panels/stale'
import { CheckpointScreen } from './screens/checkpoint'
import { AuditScreen } from './screens/audit'
import { CasesScreen } from './screens/cases'
import { FibreScreen } from './screens/fibre'
import { PlansScreen } from './screens/plans'
import { LoginScreen, PasswordScreen, passwordOpen } from './screens/login'
import { QuarantineScreen } from './screens/quarantine'
import { SensorsScreen } from './screens/sensors'
import { TunnelsScreen } from './screens/tunnels'
import { UsersScreen } from './screens/users'
import { followDistress } from './state/alarm'
import { followAddress, route } from './state/choice'
import { followClosure } from './state/closure'
import { followActs } from './state/doing'
import { followKeys } from './state/keyboard'
import { connect } from './state/live'
import type { Screen } from './state/route'
import { readPlace, stands, whoAmI } from './state/session'
import { beat, me, sector, staleness } from './state/store'
import { StripPanel } from './strip/strip'

const SCREEN: Record<Exclude<Screen, 'watch'>, () => JSX.Element> = {
  cases: CasesScreen,
  checkpoint: CheckpointScreen,
  tunnels: TunnelsScreen,
  plans: PlansScreen,
  sensors: SensorsScreen,
  fibre: FibreScreen,
  audit: AuditScreen,
  quarantine: QuarantineScreen,
  users: UsersScreen,
}

function OtherScreen({ name }: { name: Exclude<Screen, 'watch'> }) {
  const Body = SCREEN[name]
  return (
    <main class="screen">
      <Body />
    </main>
  )
}

/** The map comes after the rest: queue and strip do not wait for its code or for the typeface it draws with. */
function LazyMap() {
  const Panel = useSignal<(() => JSX.Element) | null>(null)
  useEffect(() => {
    const drawn = Promise.all([import('./map/map'), document.fonts.load('12px "IBM Plex Sans"')])
    void drawn.then(([{ MapPanel }]) => (Panel.value = MapPanel))
  }, [])
  return Panel.value ? <Panel.value /> : <section class="map" aria-label={t('map.label')} />
}

function Watch({ shown }: { shown: boolean }) {
  return (
    <main class="watch" hidden={!shown}>
      <h1 class="hidden">{t('nav.watch')}</h1>
      <LazyMap />
      <div class="side">
        <QueuePanel />
        <Inspector />
      </div>
      <StripPanel />
    </main>
  )
}

function Room() {
  useEffect(() => {
    const ends = [
      connect(stands),
      followAddress(),
      followActs(),
      followKeys(zoomToChoice, () => (helpOpen.value = true)),
      followDistress(),
      followStory(),
      followClosure(),
    ]
    const timer = setInterval(() => (beat.value = Date.now()), 1000)
    unlockSound()
    void readPlace()
    return () => {
      clearInterval(timer)
      ends.forEach((end) => end())
    }
  }, [])
  const { screen } = route.value
  return (
    <div class={staleness.value ? 'room stale' : 'room'}>
      <a class="skip" href="#queue" onClick={(event) => (event.preventDefault(), document.getElementById('queue')?.focus())}>
        {t('app.skip')}
      </a>
      <Header />
      <StaleNote />
      <Watch shown={screen === 'watch'} />
      {screen !== 'watch' && <OtherScreen name={screen} />}
      <DoneNote />
      <Announcer />
      <HelpPanel />
    </div>
  )
}

/** The page: the door for those who are not in, the watch for those who are. */
export function App() {
  useEffect(() => void whoAmI(), [])
  if (me.value === undefined) return <p class="opening">{t('load.page')}</p>
  if (me.value === null) return <LoginScreen />
  if (me.value.must_change_password) return <PasswordScreen forced />
  if (passwordOpen.value) return <PasswordScreen forced={false} />
  document.title = sector.value ? `${t('app.name')}: ${sector.value.title}` : t('app.name')
  return <Room />
}
