/** One setting: what it is, where its value comes from, and the field that edits it. Its height never changes on edit. */
import { memo, useState, type ReactNode } from 'react';
import { jsonEqual, type JsonValue } from '../../contract/json.ts';
import type { SettingView } from '../../contract/settings.ts';
import { formatValue, setCommand } from '../format.ts';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { Button } from '../ui/button.tsx';
import { copyText } from '../ui/copy.tsx';
import { cx } from '../ui/cx.ts';
import { Problem } from '../ui/field.tsx';
import { RowMenu, type MenuEntry } from '../ui/menu.tsx';
import { toast } from '../ui/toast.tsx';
import { refusalOf, useActing, type Acting } from '../users/acting.ts';
import { goTo } from '../use-route.ts';
import { fieldFor } from './fields/index.tsx';
import { LiveCheck } from './live-check.tsx';
import { highlight } from './search.ts';
import { SettingBadges } from './setting-badges.tsx';
import css from './setting-row.module.css';
import { shownValue, type Edit, type Staged } from './staging.ts';
import { problemOf } from './validate.ts';

const say = messages.settings;

/** Keys may hold anything; an id may not hold blanks. */
export const fieldId = (key: string): string => `setting-${encodeURIComponent(key)}`;

export const stagedProblem = (setting: SettingView, staged: Staged | undefined): string | null => {
  if (staged === undefined || staged.edit.op === 'unset') return null;
  return staged.edit.op === 'draft' ? staged.edit.problem : problemOf(staged.edit.value, setting);
};

/** A default as a person would say it: `off`, `8080`, `dark`. */
const valueWords = (value: JsonValue): string => {
  if (typeof value === 'boolean') return (value ? messages.ui.on : messages.ui.off).toLowerCase();
  if (value === '') return messages.ui.nothing;
  return typeof value === 'string' && value.length <= 32 ? value : formatValue(value, 32);
};

export const Highlighted = ({ text, words }: { text: string; words: readonly string[] }): ReactNode =>
  highlight(text, words).map(([piece, hit], index) => (hit ? <mark key={index}>{piece}</mark> : piece));

type Props = {
  setting: SettingView;
  staged: Staged | undefined;
  /** What the core said about the staged value. */
  problem: string | undefined;
  words: readonly string[];
  onEdit: (setting: SettingView, edit: Edit) => void;
  onTakeBack: (key: string) => void;
  onAside: (setting: SettingView, view: 'history' | 'explain') => void;
  /** The field was left: what is staged is looked at by the core. */
  onLeave: (setting: SettingView) => void;
  /** Null while nothing is selected. */
  selected: boolean | null;
  onSelect: (key: string, selected: boolean) => void;
};

const copied = (text: string): void => void copyText(text).then(() => toast({ title: messages.ui.copied }));

/** The address of this page with one setting in sight. */
const linkTo = (key: string): string =>
  `${window.location.href.split('#')[0] ?? ''}${formatRoute('settings', { key })}`;

const mayBeNull = ({ schema, secret }: SettingView): boolean =>
  !secret && Array.isArray(schema['type']) && schema['type'].includes('null');

/** Not set, null and the default as a value of its own are three things; each has its entry. */
const changesOf = ({ setting, staged, onEdit }: Props): MenuEntry[] => {
  const entries: MenuEntry[] = [];
  const removable = setting.secret ? setting.set === true : setting.version !== null;
  const fallback = setting.default;
  if (removable)
    entries.push({
      id: 'remove',
      label: setting.hasDefault ? say.reset(valueWords(fallback)) : say.remove,
      onSelect: () => onEdit(setting, { op: 'unset' }),
    });
  if (setting.hasDefault && setting.version === null && staged === undefined)
    entries.push({
      id: 'keep',
      label: say.keepDefault(valueWords(fallback)),
      onSelect: () => onEdit(setting, { op: 'set', value: fallback, keep: true }),
    });
  if (mayBeNull(setting))
    entries.push({
      id: 'null',
      label: say.setNull,
      onSelect: () => onEdit(setting, { op: 'set', value: null, keep: true }),
    });
  return entries.length === 0 ? [] : [{ id: 'changes', separator: true }, ...entries];
};

type Access = {
  /** Why its field is not there; null when it is. */
  fixed: string | null;
  /** Who acts, when it may have values of its own. */
  owner: string | null;
};

/** What the core would refuse, or do to everybody's value instead of the own one that shows, is not offered. */
const accessOf = (setting: SettingView, acting: Acting): Access => {
  const refused = refusalOf(acting, 'edit') !== null;
  const owner = refused || setting.secret || setting.locked !== undefined ? null : (acting.profile?.name ?? null);
  if (setting.locked !== undefined) return { fixed: say.lockedReason(setting.locked), owner };
  if (refused) return { fixed: messages.users.readOnly, owner };
  return { fixed: setting.source === 'override' ? '' : null, owner };
};

const menuOf = (props: Props, { fixed, owner }: Access): MenuEntry[] => {
  const { setting, staged, onAside } = props;
  const value = shownValue(setting, staged);
  return [
    { id: 'history', label: say.history, onSelect: () => onAside(setting, 'history') },
    { id: 'explain', label: say.explain, onSelect: () => onAside(setting, 'explain') },
    { id: 'line', separator: true },
    { id: 'key', label: say.copyKey, onSelect: () => copied(setting.key) },
    ...(setting.secret
      ? []
      : [
          {
            id: 'json',
            label: say.copyJson,
            onSelect: () => copied(JSON.stringify({ [setting.key]: value }, null, 2)),
          },
        ]),
    { id: 'link', label: say.copyLink, onSelect: () => copied(linkTo(setting.key)) },
    {
      id: 'command',
      label: say.copyCommand,
      onSelect: () => copied(setCommand(setting.key, value, setting.secret)),
    },
    ...(owner === null
      ? []
      : [
          {
            id: 'own',
            label: setting.source === 'override' ? say.changeOwn : say.setOwn,
            onSelect: () => goTo('users', { user: owner, own: setting.key }),
          },
        ]),
    ...(fixed === null ? changesOf(props) : []),
  ];
};

/** The line under the field: a problem, or the way back. Always there, so that rows keep their height. */
const Under = ({
  setting,
  staged,
  problem,
  onEdit,
  onTakeBack,
  problemId,
  access,
}: Props & { problemId: string; access: Access }): ReactNode => {
  if (problem !== undefined)
    return <Problem id={problemId}>{problem.charAt(0).toUpperCase() + problem.slice(1)}</Problem>;
  if (staged !== undefined) {
    return (
      <>
        <span className="small muted">
          {staged.version === setting.version ? say.badges.staged : say.changedMeanwhile}
        </span>
        <Button variant="link" onClick={() => onTakeBack(setting.key)}>
          {say.takeBack}
        </Button>
      </>
    );
  }
  if (setting.source === 'override' && access.owner !== null)
    return <a href={formatRoute('users', { user: access.owner, own: setting.key })}>{say.changeOwn}</a>;
  if (access.fixed !== null) return null;
  if (setting.hasDefault && setting.version !== null && !jsonEqual(setting.value, setting.default)) {
    return (
      <Button variant="link" onClick={() => onEdit(setting, { op: 'unset' })}>
        {say.reset(valueWords(setting.default))}
      </Button>
    );
  }
  return null;
};

/** Whoever reads it with a screen reader or a mouse learns why it cannot be changed. */
const Fixed = ({ setting, why }: { setting: SettingView; why: string }): ReactNode => (
  <div className={css['locked']}>
    <span className="mono">{setting.secret ? say.secretHidden : valueWords(setting.value)}</span>
    <span className="small muted">{why}</span>
  </div>
);

export const SettingRow = memo((props: Props): ReactNode => {
  const { setting, staged, words, onEdit } = props;
  const [left, setLeft] = useState(false);
  const own = stagedProblem(setting, staged);
  // While somebody types, only what the core said shows; leaving the field shows the rest.
  const problem = props.problem ?? (own !== null && (left || staged?.edit.op === 'draft') ? own : undefined);
  const id = fieldId(setting.key);
  const value = shownValue(setting, staged);
  const Field = fieldFor(setting.kind, value);
  const access = accessOf(setting, useActing());
  return (
    <div
      className={cx(
        css['row'],
        props.selected !== null && css['selecting'],
        (staged !== undefined || setting.modified) && css['marked'],
      )}
      data-key={setting.key}
      data-staged={staged === undefined ? undefined : ''}
    >
      {props.selected === null ? null : (
        <input
          type="checkbox"
          className={css['select']}
          aria-label={say.bulk.select(setting.title)}
          checked={props.selected}
          onChange={(event) => props.onSelect(setting.key, event.target.checked)}
        />
      )}
      <div className={css['text']}>
        <div className={css['titleLine']}>
          <h3 id={`${id}-title`}>
            <Highlighted text={setting.title} words={words} />
          </h3>
          <SettingBadges setting={setting} />
        </div>
        <p id={`${id}-about`} className={css['about']}>
          {setting.inactive === undefined ? null : <span className="small">{say.inactive(setting.inactive)}</span>}
          {setting.description === '' ? null : (
            <span className="muted">
              <Highlighted text={setting.description} words={words} />
            </span>
          )}
          <span className="mono muted">
            <Highlighted text={setting.key} words={words} />
          </span>
        </p>
        {setting.kind === 'port' || setting.kind === 'path' ? (
          <div className={css['live']}>
            {staged === undefined || problem !== undefined ? null : (
              <LiveCheck
                settingKey={setting.key}
                kind={setting.kind}
                value={value}
                onPick={(picked) => onEdit(setting, { op: 'set', value: picked })}
              />
            )}
          </div>
        ) : null}
      </div>
      <div className={css['control']}>
        {access.fixed === null || staged !== undefined ? (
          <Field
            id={id}
            labelledBy={`${id}-title`}
            describedBy={problem === undefined ? `${id}-about` : `${id}-problem ${id}-about`}
            invalid={problem !== undefined}
            setting={setting}
            value={value}
            edit={staged?.edit}
            onEdit={(edit) => onEdit(setting, edit)}
            onLeave={() => {
              setLeft(true);
              if (staged !== undefined) props.onLeave(setting);
            }}
          />
        ) : (
          <Fixed setting={setting} why={access.fixed} />
        )}
        <div className={css['under']}>
          <Under
            {...props}
            {...(problem === undefined ? {} : { problem })}
            access={access}
            problemId={`${id}-problem`}
          />
        </div>
      </div>
      <RowMenu id={`${id}-more`} label={say.more(setting.title)} entries={() => menuOf(props, access)} />
    </div>
  );
});
