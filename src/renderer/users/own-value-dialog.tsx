/** One own value: the setting is picked by searching, then edited by the same field as on the settings page. */
import { useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import type { JsonValue } from '../../contract/json.ts';
import { parseSettingsQuery, searchSettings } from '../../contract/settings-search.ts';
import type { SettingView } from '../../contract/settings.ts';
import type { UserView } from '../../contract/users.ts';
import { formatValue } from '../format.ts';
import { messages } from '../messages.en.ts';
import { fieldFor } from '../settings/fields/index.tsx';
import type { Edit } from '../settings/staging.ts';
import { problemOf } from '../settings/validate.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Problem, SearchInput } from '../ui/field.tsx';
import { useSave } from '../ui/form-dialog.tsx';
import { ErrorState, Loading, NoticeLine } from '../ui/states.tsx';
import { useQuery } from '../use-query.ts';
import { nameInSentence } from './acting.ts';
import { ReasonField } from './reason-field.tsx';
import css from './user-dialog.module.css';
import type { useUsers } from './use-users.ts';

const say = messages.users;
const most = 50;

const Picker = ({
  settings,
  onPick,
}: {
  settings: readonly SettingView[];
  onPick: (key: string) => void;
}): ReactNode => {
  const [text, setText] = useState('');
  const context = { now: new Date().toISOString(), isInvalid: () => false };
  const found = searchSettings(settings, parseSettingsQuery(text), context);
  const shown = found.slice(0, most);
  return (
    <div className={css['stack']}>
      <SearchInput label={say.pick} placeholder={say.pick} value={text} onChange={setText} />
      <p className="small muted" role="status">
        {say.picked(shown.length, found.length)}
      </p>
      <ul className={css['found']}>
        {shown.map((one) => (
          <li key={one.key}>
            <button type="button" className={css['pick']} onClick={() => onPick(one.key)}>
              <span>{one.title}</span>
              <span className="mono muted">{one.key}</span>
            </button>
          </li>
        ))}
      </ul>
      <p className="small muted">{say.secretNote}</p>
    </div>
  );
};

type EditorProps = {
  user: UserView;
  setting: SettingView;
  /** The own value that is there; undefined when there is none yet. */
  before: JsonValue | undefined;
  setOwn: ReturnType<typeof useUsers>['setOwn'];
  onClose: () => void;
};

const Editor = ({ user, setting, before, setOwn, onClose }: EditorProps): ReactNode => {
  const system = setting.system?.value ?? setting.value;
  const [edit, setEdit] = useState<Edit>({ op: 'set', value: before ?? system });
  const [reason, setReason] = useState('');
  const value = edit.op === 'set' ? edit.value : (before ?? system);
  const own = edit.op === 'draft' ? edit.problem : edit.op === 'set' ? problemOf(edit.value, setting) : null;
  const saving = useSave(() => setOwn(user, { key: setting.key, title: setting.title, value, reason }), onClose);
  const failed = saving.outcome?.kind === 'failed' ? saving.outcome.text : null;
  const Control = fieldFor(setting.kind, value);
  return (
    <Dialog
      open
      onClose={onClose}
      staysOpen
      title={<bdi>{say.pickTitle(nameInSentence(user))}</bdi>}
      description={setting.description === '' ? undefined : setting.description}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          <Button variant="primary" busy={saving.busy || own !== null} onClick={() => void saving.submit()}>
            {say.save}
          </Button>
        </>
      }
    >
      <div className={css['stack']}>
        {failed === null ? null : (
          <NoticeLine tone="bad" alert>
            {failed}
          </NoticeLine>
        )}
        <div>
          <h3 id="own-value-title">{setting.title}</h3>
          <p id="own-value-about" className="small muted">
            <span className="mono">{setting.key}</span>, {say.everybody(formatValue(system))}
          </p>
        </div>
        <div className={css['control']}>
          <Control
            id="own-value"
            labelledBy="own-value-title"
            describedBy={own === null ? 'own-value-about' : 'own-value-problem own-value-about'}
            invalid={own !== null}
            setting={setting}
            value={value}
            edit={edit}
            onEdit={(next) => setEdit(next)}
            onLeave={() => undefined}
          />
          {own === null ? null : <Problem id="own-value-problem">{own}</Problem>}
        </div>
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </Dialog>
  );
};

type Props = {
  user: UserView;
  /** The key of the setting; empty: it is still to be picked. */
  wanted: string;
  own: Output<'user.show'>['overrides'];
  setOwn: ReturnType<typeof useUsers>['setOwn'];
  onClose: () => void;
};

export const OwnValueDialog = ({ user, wanted, own, setOwn, onClose }: Props): ReactNode => {
  const list = useQuery('settings.list', {}, []);
  const [key, setKey] = useState(wanted);
  const settings = (list.data?.settings ?? []).filter((one) => !one.secret && one.locked === undefined);
  const setting = settings.find((one) => one.key === key);
  if (setting !== undefined)
    return (
      <Editor
        user={user}
        setting={setting}
        before={own.find((one) => one.key === key)?.value}
        setOwn={setOwn}
        onClose={onClose}
      />
    );
  return (
    <Dialog
      open
      onClose={onClose}
      title={<bdi>{say.pickTitle(nameInSentence(user))}</bdi>}
      description={say.ownText}
      footer={<Button onClick={onClose}>{messages.ui.cancel}</Button>}
    >
      {list.data === null ? (
        list.error === null ? (
          <Loading />
        ) : (
          <ErrorState error={list.error} onRetry={() => void list.reload()} />
        )
      ) : (
        <Picker settings={settings} onPick={setKey} />
      )}
    </Dialog>
  );
};
