import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { api, type User } from '../api/client'
import type { Role } from '../api/types'
import { t, word } from '../i18n'
import { me } from '../state/store'
import { ReadingNote, Table, useReading, type Column } from './table'

function columns(again: () => void): Column<User>[] {
  const turn = (row: User) => void api.shutOut(row.name, !row.disabled).then(again, again)
  return [
    { name: 'col.name', by: (row) => row.name, cell: (row) => row.name },
    { name: 'col.role', by: (row) => row.role, cell: (row) => word('role', row.role) },
    {
      name: 'col.state',
      by: (row) => Number(row.disabled),
      cell: (row) => (row.disabled ? t('users.disabled') : row.must_change_password ? t('users.first') : ''),
    },
    {
      name: 'col.do',
      cell: (row) =>
        row.name !== me.value?.name && (
          <button type="button" onClick={() => turn(row)}>
            {t(row.disabled ? 'users.letin' : 'users.shutout')}
          </button>
        ),
    },
  ]
}

const ROLES: Role[] = ['viewer', 'operator', 'supervisor']

function AddUser({ added }: { added: () => void }) {
  const form = useRef<HTMLFormElement>(null)
  const made = useSignal<{ name: string; one_time_password: string } | null>(null)
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
          {ROLES.map((role) => (
            <option key={role} value={role}>
              {word('role', role)}
            </option>
          ))}
        </select>
      </label>
      <button type="submit">{t('users.add')}</button>
      <span role="status">
        {problem.value && <span class="bad">{problem.value}</span>}
        {made.value?.one_time_password && (
          <>
            {t('users.password', { name: made.value.name })} <code class="secret">{made.value.one_time_password}</code>
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
      {reading.value.value && (
        <Table rows={reading.value.value} columns={columns(again)} id={(row) => row.name} none="–" label={t('users.title')} />
      )}
    </>
  )
}
