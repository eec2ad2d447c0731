/** One setting: what it is, where its value comes from, and the field that edits it. Its height never changes on edit. */
import { Ellipsis } from 'lucide-react';
import { memo, useState, type ReactNode } from 'react';
import { jsonEqual, type JsonValue } from '../../contract/json.ts';
import type { SettingView } from '../../contract/settings.ts';
import { formatValue, setCommand } from '../format.ts';
import { messages } from '../messages.en.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { copyText } from '../ui/copy.tsx';
import { cx } from '../ui/cx.ts';
import { Problem } from '../ui/field.tsx';
import { Menu, type MenuEntry } from '../ui/menu.tsx';
import { toast } from '../ui/toast.tsx';
import { fieldFor } from './fields/index.tsx';
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
};

const menuOf = ({ setting, staged, onEdit, onAside }: Props): MenuEntry[] => {
  const value = shownValue(setting, staged);
  const removable = setting.secret ? setting.set === true : setting.version !== null;
  return [
    { id: 'history', label: say.history, onSelect: () => onAside(setting, 'history') },
    { id: 'explain', label: say.explain, onSelect: () => onAside(setting, 'explain') },
    { id: 'line', separator: true },
    {
      id: 'key',
      label: say.copyKey,
      onSelect: () => void copyText(setting.key).then(() => toast({ title: messages.ui.copied })),
    },
    {
      id: 'command',
      label: say.copyCommand,
      onSelect: () =>
        void copyText(setCommand(setting.key, value, setting.secret)).then(() => toast({ title: messages.ui.copied })),
    },
    ...(removable
      ? [
          {
            id: 'remove',
            label: setting.hasDefault ? say.reset(valueWords(setting.default)) : say.remove,
            onSelect: () => onEdit(setting, { op: 'unset' }),
          },
        ]
      : []),
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
}: Props & { problemId: string }): ReactNode => {
  if (problem !== undefined)
    return <Problem id={problemId}>{problem.charAt(0).toUpperCase() + problem.slice(1)}</Problem>;
  if (staged !== undefined) {
    return (
      <>
        <span className="small muted">{say.badges.staged}</span>
        <Button variant="link" onClick={() => onTakeBack(setting.key)}>
          {say.takeBack}
        </Button>
      </>
    );
  }
  if (setting.hasDefault && setting.version !== null && !jsonEqual(setting.value, setting.default)) {
    return (
      <Button variant="link" onClick={() => onEdit(setting, { op: 'unset' })}>
        {say.reset(valueWords(setting.default))}
      </Button>
    );
  }
  return null;
};

export const SettingRow = memo((props: Props): ReactNode => {
  const { setting, staged, words, onEdit } = props;
  const [left, setLeft] = useState(false);
  const own = stagedProblem(setting, staged);
  // While somebody types, only what the core said shows; leaving the field shows the rest.
  const problem = props.problem ?? (own !== null && (left || staged?.edit.op === 'draft') ? own : undefined);
  const id = fieldId(setting.key);
  const value = shownValue(setting, staged);
  const Field = fieldFor(setting.kind, value);
  return (
    <div
      className={cx(css['row'], (staged !== undefined || setting.modified) && css['marked'])}
      data-key={setting.key}
      data-staged={staged === undefined ? undefined : ''}
    >
      <div className={css['text']}>
        <div className={css['titleLine']}>
          <h3 id={`${id}-title`}>
            <Highlighted text={setting.title} words={words} />
          </h3>
          <SettingBadges setting={setting} />
        </div>
        <p id={`${id}-about`} className={css['about']}>
          {setting.description === '' ? null : (
            <span className="muted">
              <Highlighted text={setting.description} words={words} />
            </span>
          )}
          <span className="mono muted">
            <Highlighted text={setting.key} words={words} />
          </span>
        </p>
      </div>
      <div className={css['control']}>
        <Field
          id={id}
          labelledBy={`${id}-title`}
          describedBy={problem === undefined ? `${id}-about` : `${id}-problem ${id}-about`}
          invalid={problem !== undefined}
          setting={setting}
          value={value}
          edit={staged?.edit}
          onEdit={(edit) => onEdit(setting, edit)}
          onLeave={() => setLeft(true)}
        />
        <div className={css['under']}>
          <Under {...props} {...(problem === undefined ? {} : { problem })} problemId={`${id}-problem`} />
        </div>
      </div>
      <Menu entries={menuOf(props)} align="end" trigger={<IconButton small label={say.more(setting.title)} />}>
        <Ellipsis aria-hidden />
      </Menu>
    </div>
  );
});
