import { api, Refused } from '../api/client'
import { t } from '../i18n'
import { deployment, loginReason, me, sector } from './store'

/** Name and password that a link of the demo carries, `#login=NAME:PASSWORD`; they leave the address at once. */
function carried(): [string, string] | null {
  const found = /^#login=([^:]+):(.+)$/.exec(location.hash)
  if (!found) return null
  history.replaceState(null, '', '#/watch')
  return [decodeURIComponent(found[1]!), decodeURIComponent(found[2]!)]
}

/** Finds out who is logged in, if anybody; a link that carries a name logs in first. */
export async function whoAmI(): Promise<void> {
  const link = carried()
  if (link) loginReason.value = await login(...link)
  try {
    me.value = await api.me()
  } catch (error) {
    if (!(error instanceof Refused)) loginReason.value = (error as Error).message
    me.value = null
  }
}

/** Logs in; the answer is why it did not work, or nothing. */
export async function login(name: string, password: string): Promise<string> {
  try {
    const answer = await api.login(name, password)
    loginReason.value = ''
    me.value = answer
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

/** Logs out and forgets what was on the page. */
export async function logout(): Promise<void> {
  await api.logout().catch(() => undefined)
  location.reload()
}

/** Whether the watch still knows this session; the door opens when it does not. An absent watch says nothing about it. */
export async function stands(): Promise<boolean> {
  try {
    await api.me()
    return true
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 401) return true
    loginReason.value = t('login.ended')
    me.value = null
    return false
  }
}

/** Reads what stands still: the place and what stands on it. */
export async function readPlace(): Promise<void> {
  const [place, standing] = await Promise.all([api.sector(), api.deployment()])
  sector.value = place
  deployment.value = standing
}
