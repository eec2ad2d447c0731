/** A profile's own values of settings, with what everybody else has beside each; set, change, take away. */
import { Pencil, Plus, X } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import type { UserView } from '../../contract/users.ts';
import { formatValue } from '../format.ts';
import { useRefusal } from '../may.ts';
import { messages } from '../messages.en.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { ErrorState, Loading } from '../ui/states.tsx';
import { useQuery } from '../use-query.ts';
import { replaceQuery, useRoute } from '../use-route.ts';
import { useActing } from './acting.ts';
import { OwnValueDialog } from './own-value-dialog.tsx';
import css from './user-dialog.module.css';
import type { useUsers } from './use-users.ts';

const say = messages.users;
type Own = Output<'user.show'>['overrides'][number];

/** An editor may change its own values; those of others are for an admin. */
const useOwnRefusal = (user: UserView): string | null => {
  const { name } = useActing();
  // `user.override` lets an editor at its own; who may change profiles may change anybody's.
  const [edit, admin] = [useRefusal('user.override'), useRefusal('user.update')];
  if (edit !== null) return edit;
  return admin !== null && name !== user.name ? say.notYours : null;
};

type RowProps = { own: Own; refusal: string | null; onChange: () => void; onClear: () => void };

const Value = ({ own, refusal, onChange, onClear }: RowProps): ReactNode => (
  <li className={css['value']}>
    <span>
      <span>{own.title}</span>
      <span className="mono muted">{own.key}</span>
      <span className="mono" dir="auto">
        {own.secret ? messages.settings.secretHidden : formatValue(own.value)}
      </span>
      <span className="small muted">
        {say.everybody(own.secret ? messages.settings.secretHidden : formatValue(own.system))}
      </span>
    </span>
    <span className={css['buttons']}>
      {own.secret ? null : (
        <IconButton
          small
          icon={Pencil}
          label={say.changeOf(own.title)}
          busy={refusal !== null}
          {...(refusal === null ? {} : { title: refusal })}
          onClick={onChange}
        />
      )}
      <IconButton
        small
        icon={X}
        label={say.clearOf(own.title)}
        busy={refusal !== null}
        {...(refusal === null ? {} : { title: refusal })}
        onClick={onClear}
      />
    </span>
  </li>
);

/** The address may name a setting whose own value is to be set: `own`, empty for none. */
const useWanted = () => {
  const { query } = useRoute();
  const [wanted, setWanted] = useState<string | null>(null);
  const linked = query['own'] ?? '';
  useEffect(() => {
    if (linked === '') return;
    replaceQuery({ own: '' });
    setWanted(linked);
  }, [linked]);
  return { wanted, want: setWanted };
};

type Props = { user: UserView; actions: ReturnType<typeof useUsers> };

export const OwnValues = ({ user, actions }: Props): ReactNode => {
  const shown = useQuery('user.show', { name: user.name }, ['users', 'settings']);
  const refusal = useOwnRefusal(user);
  const { wanted, want } = useWanted();
  const list = (): ReactNode => {
    if (shown.data === null)
      return shown.error === null ? (
        <Loading />
      ) : (
        <ErrorState error={shown.error} onRetry={() => void shown.reload()} />
      );
    const { overrides } = shown.data;
    if (overrides.length === 0) return <p className="muted">{say.noOwn}</p>;
    return (
      <ul className={css['values']} aria-label={say.own}>
        {overrides.map((own) => (
          <Value
            key={own.key}
            own={own}
            refusal={refusal}
            onChange={() => want(own.key)}
            onClear={() => void actions.clearOwn(user, own)}
          />
        ))}
      </ul>
    );
  };
  return (
    <section className={css['own']} aria-label={say.own}>
      <div className={css['ownHead']}>
        <h3>{say.own}</h3>
        <Button small icon={Plus} busy={refusal !== null} title={refusal ?? undefined} onClick={() => want('')}>
          {say.setOwn}
        </Button>
      </div>
      <p className="small muted">{say.ownText}</p>
      {list()}
      {wanted === null || refusal !== null ? null : (
        <OwnValueDialog
          key={wanted}
          user={user}
          wanted={wanted}
          own={shown.data?.overrides ?? []}
          setOwn={actions.setOwn}
          onClose={() => want(null)}
        />
      )}
    </section>
  );
};
