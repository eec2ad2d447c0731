/** One setting: what it is, where its value comes from, and the field that edits it. Its height never changes on edit. */
import { memo, useCallback, useMemo, useState, type ReactNode } from 'react';
import { jsonEqual } from '../../contract/json.ts';
import type { SettingView } from '../../contract/settings.ts';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { Button } from '../ui/button.tsx';
import { cx } from '../ui/cx.ts';
import { Problem } from '../ui/field.tsx';
import { RowMenu } from '../ui/menu.tsx';
import { useActing } from '../users/acting.ts';
import { fieldFor } from './fields/index.tsx';
import { LiveCheck } from './live-check.tsx';
import { highlight } from './search.ts';
import { SettingBadges } from './setting-badges.tsx';
import { accessOf, menuOf, type Access } from './setting-menu.ts';
import css from './setting-row.module.css';
import { shownValue, type Edit, type Staged } from './staging.ts';
import { problemOf, storedProblem } from './validate.ts';
import { valueWords } from './value-words.ts';

const say = messages.settings;

/** Keys may hold anything; an id may not hold blanks. */
export const fieldId = (key: string): string => `setting-${encodeURIComponent(key)}`;

export const stagedProblem = (setting: SettingView, staged: Staged | undefined): string | null => {
  if (staged === undefined || staged.edit.op === 'unset') return null;
  return staged.edit.op === 'draft' ? staged.edit.problem : problemOf(staged.edit.value, setting);
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

type ControlProps = Pick<Props, 'setting' | 'staged' | 'onEdit' | 'onTakeBack'> & {
  /** What is wrong, where it is to be said. */
  problem: string | undefined;
  access: Access;
  onLeft: () => void;
};

/** The way back from what is stored to the default, named. */
const ResetLink = ({ setting, onEdit }: Pick<ControlProps, 'setting' | 'onEdit'>): ReactNode =>
  setting.hasDefault && setting.version !== null && !jsonEqual(setting.value, setting.default) ? (
    <Button variant="link" onClick={() => onEdit(setting, { op: 'unset' })}>
      {say.reset(valueWords(setting.default, setting))}
    </Button>
  ) : null;

/** The line under the field: a problem, or the way back. Always there, so that rows keep their height. */
const Under = ({ setting, staged, problem, onEdit, onTakeBack, access }: ControlProps): ReactNode => {
  const told =
    problem === undefined ? null : (
      <Problem id={`${fieldId(setting.key)}-problem`}>{problem.charAt(0).toUpperCase() + problem.slice(1)}</Problem>
    );
  if (staged !== undefined) {
    if (told !== null) return told;
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
  return (
    <>
      {told}
      {access.fixed === null ? <ResetLink setting={setting} onEdit={onEdit} /> : null}
    </>
  );
};

/** Whoever reads it with a screen reader or a mouse learns why it cannot be changed. */
const Fixed = ({ setting, why }: { setting: SettingView; why: string }): ReactNode => (
  <div className={css['locked']}>
    <span className="mono">{setting.secret ? say.secretHidden : valueWords(setting.value, setting)}</span>
    {why === '' ? null : <span className="small muted">{why}</span>}
  </div>
);

/** What an empty field says: null is a value, not set is none. */
const emptyWords = ({ version, hasDefault, secret }: SettingView, staged: Staged | undefined): string | undefined =>
  secret ? undefined : version !== null || hasDefault || staged !== undefined ? say.badges.isNull : say.badges.notSet;

/** The field and its line: nothing in it knows the search, so typing there does not draw it again. */
const Control = memo((props: ControlProps): ReactNode => {
  const { setting, staged, problem, access, onEdit, onLeft } = props;
  const id = fieldId(setting.key);
  const value = shownValue(setting, staged);
  const Field = fieldFor(setting.kind, value);
  return (
    <div className={css['control']}>
      {access.fixed === null || staged !== undefined ? (
        <Field
          id={id}
          labelledBy={`${id}-title`}
          describedBy={problem === undefined ? `${id}-about` : `${id}-problem ${id}-about`}
          invalid={problem !== undefined}
          setting={setting}
          value={value}
          empty={value === null ? emptyWords(setting, staged) : undefined}
          edit={staged?.edit}
          onEdit={(edit) => onEdit(setting, edit)}
          onLeave={onLeft}
        />
      ) : (
        <Fixed setting={setting} why={access.fixed} />
      )}
      <div className={css['under']}>
        <Under {...props} />
      </div>
    </div>
  );
});

const Texts = ({ setting, words }: Pick<Props, 'setting' | 'words'>): ReactNode => {
  const id = fieldId(setting.key);
  return (
    <>
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
    </>
  );
};

/** While somebody types, only what the core said shows; leaving the field shows the rest. What is stored was left long ago. */
const problemToSay = ({ setting, staged, problem }: Props, left: boolean): string | undefined => {
  if (problem !== undefined) return problem;
  if (staged === undefined) return storedProblem(setting) ?? undefined;
  return left || staged.edit.op === 'draft' ? (stagedProblem(setting, staged) ?? undefined) : undefined;
};

export const SettingRow = memo((props: Props): ReactNode => {
  const { setting, staged, words, onEdit, onLeave } = props;
  const [left, setLeft] = useState(false);
  const acting = useActing();
  const access = useMemo(() => accessOf(setting, acting), [setting, acting]);
  const problem = problemToSay(props, left);
  const id = fieldId(setting.key);
  const isStaged = staged !== undefined;
  const onLeft = useCallback(() => {
    setLeft(true);
    if (isStaged) onLeave(setting);
  }, [isStaged, onLeave, setting]);
  return (
    <div
      className={cx(
        css['row'],
        props.selected !== null && css['selecting'],
        (isStaged || setting.modified) && css['marked'],
      )}
      data-key={setting.key}
      data-staged={isStaged ? '' : undefined}
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
        <Texts setting={setting} words={words} />
        {setting.kind === 'port' || setting.kind === 'path' ? (
          <div className={css['live']}>
            {!isStaged || problem !== undefined ? null : (
              <LiveCheck
                settingKey={setting.key}
                kind={setting.kind}
                value={shownValue(setting, staged)}
                onPick={(picked) => onEdit(setting, { op: 'set', value: picked })}
              />
            )}
          </div>
        ) : null}
      </div>
      <Control
        setting={setting}
        staged={staged}
        problem={problem}
        access={access}
        onEdit={onEdit}
        onTakeBack={props.onTakeBack}
        onLeft={onLeft}
      />
      <RowMenu id={`${id}-more`} label={say.more(setting.title)} entries={() => menuOf(props, access)} />
    </div>
  );
});
