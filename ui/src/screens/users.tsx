import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { api } from '../api/client'
import type { Role } from '../api/types'
import { t, word } from '../i18n'
import { me } from '../state/store'
import { ReadingNote, Table, useReading, type Column } from './table'

type User = { name: string; role: Role }

const COLUMNS: Column<User>[] = [
  { name: 'col.name', by: (row) => row.name, cell: (row) => row.name },
  { name: 'col.role', by: (row) => row.role, cell: (row) => word('role', row.role) },
]

const ROLES: Role[] = ['viewer', 'operator', 'supervisor', 'admin']

function AddUser({ added }: { added: () => void }) {
  const form = useRef<HTMLFormElement>(null)
  const made = useSignal<{ name: string; password?: string } | null>(null)
  const problem = useSignal('')
  const submit = async (event: Event) => {
    event.preventDefault()
    const given = new FormData(form.current!)
    try {
      made.value = await api.addUser(String(given.get('name')), String(given.get('role')) as Role)
      problem.value = ''
      form.current!.reset()
      added()
    } catch (error) {
      problem.value = (error as Error).message
    }
  }
  return (
    <form ref={form} class="screen-tools" onSubmit={submit}>
      <label class="inline">
        {t('col.name')} <input name="name" required maxLength={64} autocomplete="off" />
      </label>
      <label class="inline">
        {t('col.role')}{' '}
        <select name="role">
          {ROLES.filter((role) => role !== 'admin' || me.value?.role === 'admin').map((role) => (
            <option key={role} value={role}>
              {word('role', role)}
            </option>
          ))}
        </select>
      </label>
      <button type="submit">{t('users.add')}</button>
      <span role="status">
        {problem.value && <span class="bad">{problem.value}</span>}
        {made.value?.password && (
          <>
            {t('users.password', { name: made.value.name })} <code class="secret">{made.value.password}</code>
          </>
        )}
      </span>
    </form>
  )
}

/** Who may look and who may act. */
export function UsersScreen() {
  const [reading, again] = useReading(api.users)
  return (
    <>
      <h1>{t('users.title')}</h1>
      <AddUser added={again} />
      <ReadingNote reading={reading.value} what={t('users.title')} again={again} />
      {reading.value.value && <Table rows={reading.value.value} columns={COLUMNS} id={(row) => row.name} none="–" label={t('users.title')} />}
    </>
  )
}
