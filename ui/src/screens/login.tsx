import { signal, useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { api } from '../api/client'
import { t } from '../i18n'
import { login, logout } from '../state/session'
import { loginReason, me } from '../state/store'

/** True while a person changes their password of their own wish. */
export const passwordOpen = signal(false)

const SHORTEST = 12

/** Why a new password cannot be taken, or nothing. */
export function passwordFault(next: string, again: string): string {
  if (next.length < SHORTEST) return t('login.short')
  return next === again ? '' : t('login.differs')
}

function Problem({ text }: { text: string }) {
  return (
    <p class="problem" role="alert">
      {text}
    </p>
  )
}

/** The way in. */
export function LoginScreen() {
  const problem = useSignal(loginReason.value)
  const busy = useSignal(false)
  const name = useRef<HTMLInputElement>(null)
  const password = useRef<HTMLInputElement>(null)
  const submit = async (event: Event) => {
    event.preventDefault()
    busy.value = true
    problem.value = await login(name.current!.value, password.current!.value)
    busy.value = false
  }
  return (
    <main class="door">
      <form onSubmit={submit}>
        <h1>{t('app.name')}</h1>
        <p>{t('login.title')}</p>
        <label>
          {t('login.name')}
          <input ref={name} name="name" autocomplete="username" required autofocus />
        </label>
        <label>
          {t('login.password')}
          <input ref={password} name="password" type="password" autocomplete="current-password" required />
        </label>
        <Problem text={problem.value} />
        <button type="submit" class="do" disabled={busy.value}>
          {t(busy.value ? 'login.doing' : 'login.do')}
        </button>
        <p class="dim">{t('login.first')}</p>
      </form>
    </main>
  )
}

/** A new password: asked for at the first log-in, or of one's own wish. */
export function PasswordScreen({ forced }: { forced: boolean }) {
  const problem = useSignal('')
  const fields = useRef<HTMLFormElement>(null)
  const submit = async (event: Event) => {
    event.preventDefault()
    const given = new FormData(fields.current!)
    const [old, next, again] = ['old', 'new', 'again'].map((field) => String(given.get(field) ?? ''))
    problem.value = passwordFault(next!, again!)
    if (problem.value) return
    try {
      await api.password(old!, next!)
      passwordOpen.value = false
      me.value = await api.me()
    } catch (error) {
      problem.value = (error as Error).message
    }
  }
  return (
    <main class="door">
      <form ref={fields} onSubmit={submit}>
        <h1>{t('login.change.title')}</h1>
        {forced && <p>{t('login.change.why')}</p>}
        <label>
          {t(forced ? 'login.old' : 'login.old.now')}
          <input name="old" type="password" autocomplete="current-password" required autofocus />
        </label>
        <label>
          {t('login.new')}
          <input name="new" type="password" autocomplete="new-password" required aria-describedby="password-hint" />
        </label>
        <label>
          {t('login.again')}
          <input name="again" type="password" autocomplete="new-password" required />
        </label>
        <p class="dim" id="password-hint">
          {t('login.new.hint')}
        </p>
        <Problem text={problem.value} />
        <button type="submit" class="do">
          {t('login.change.do')}
        </button>
        <button type="button" class="plain" onClick={() => (forced ? void logout() : (passwordOpen.value = false))}>
          {t(forced ? 'nav.logout' : 'nav.watch')}
        </button>
      </form>
    </main>
  )
}
