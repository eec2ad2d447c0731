/** What can be done with one setting beside editing its field, and what who acts may do with it at all. */
import type { SettingView } from '../../contract/settings.ts';
import { setCommand } from '../format.ts';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { copyText } from '../ui/copy.tsx';
import type { MenuEntry } from '../ui/menu.tsx';
import { toast } from '../ui/toast.tsx';
import { refusalOf, type Acting } from '../users/acting.ts';
import { goTo } from '../use-route.ts';
import { shownValue, type Edit, type Staged } from './staging.ts';
import { valueWords } from './value-words.ts';

const say = messages.settings;

type Asked = {
  setting: SettingView;
  staged: Staged | undefined;
  onEdit: (setting: SettingView, edit: Edit) => void;
  onAside: (setting: SettingView, view: 'history' | 'explain') => void;
};

const copied = (text: string): void => void copyText(text).then(() => toast({ title: messages.ui.copied }));

/** The address of this page with one setting in sight. */
const linkTo = (key: string): string =>
  `${window.location.href.split('#')[0] ?? ''}${formatRoute('settings', { key })}`;

const mayBeNull = ({ schema, secret }: SettingView): boolean =>
  !secret && Array.isArray(schema['type']) && schema['type'].includes('null');

/** Not set, null and the default as a value of its own are three things; each has its entry. */
const changesOf = ({ setting, staged, onEdit }: Asked): MenuEntry[] => {
  const entries: MenuEntry[] = [];
  const removable = setting.secret ? setting.set === true : setting.version !== null;
  const fallback = setting.default;
  if (removable)
    entries.push({
      id: 'remove',
      label: setting.hasDefault ? say.reset(valueWords(fallback, setting)) : say.remove,
      onSelect: () => onEdit(setting, { op: 'unset' }),
    });
  if (setting.hasDefault && setting.version === null && staged === undefined)
    entries.push({
      id: 'keep',
      label: say.keepDefault(valueWords(fallback, setting)),
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

export type Access = {
  /** Why its field is not there; null when it is. */
  fixed: string | null;
  /** Who acts, when it may have values of its own. */
  owner: string | null;
};

/** What the core would refuse, or do to everybody's value instead of the own one that shows, is not offered. */
export const accessOf = (setting: SettingView, acting: Acting): Access => {
  const refused = refusalOf(acting, 'edit') !== null;
  const owner = refused || setting.secret || setting.locked !== undefined ? null : (acting.profile?.name ?? null);
  if (setting.locked !== undefined) return { fixed: say.lockedReason(setting.locked), owner };
  if (refused) return { fixed: messages.users.readOnly, owner };
  return { fixed: setting.source === 'override' ? '' : null, owner };
};

export const menuOf = (asked: Asked, { fixed, owner }: Access): MenuEntry[] => {
  const { setting, staged, onAside } = asked;
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
    ...(fixed === null ? changesOf(asked) : []),
  ];
};
