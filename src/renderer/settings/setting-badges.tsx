/** Where a value comes from and what to know before changing it, in words. */
import { KeyRound, Lock, RotateCw, TriangleAlert, UserRound } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { jsonEqual } from '../../contract/json.ts';
import type { SettingView } from '../../contract/settings.ts';
import { formatAbsolute, formatWhen } from '../format.ts';
import { messages } from '../messages.en.ts';
import { Badge } from '../ui/badge.tsx';
import { storedProblem } from './validate.ts';
import { valueWords } from './value-words.ts';

const say = messages.settings.badges;

export const lowerWhen = (iso: string): string =>
  formatWhen(iso, new Date()).replace(/^(Today|Yesterday)/u, (word) => word.toLowerCase());

/** What everybody else has, beside a user's own value. */
const systemWords = ({ secret, system, kind }: SettingView): string =>
  secret || system === undefined ? messages.settings.secretHidden : valueWords(system.value, { kind });

const sourceWords = (setting: SettingView): string => {
  const when = setting.changedAt === null ? '' : lowerWhen(setting.changedAt);
  switch (setting.source) {
    case 'default':
      return setting.secret || !setting.hasDefault ? say.notSet : say.default;
    case 'file':
      return setting.file === undefined
        ? say.file
        : say.from(setting.line === undefined ? setting.file : `${setting.file}:${String(setting.line)}`);
    case 'wizard':
      return say.wizard(when);
    case 'set':
      return say.set(when, setting.changedBy ?? '');
    case 'override':
      return say.override(systemWords(setting));
    case 'locked':
      return say.locked;
  }
};

export const SettingBadges = memo(({ setting }: { setting: SettingView }): ReactNode => (
  <>
    {setting.modified ? <Badge tone="accent">{say.modified}</Badge> : null}
    <Badge
      {...(setting.source === 'override' ? { tone: 'accent' as const, icon: UserRound } : {})}
      {...(setting.source === 'locked' ? { icon: Lock } : {})}
      title={setting.changedAt === null ? undefined : formatAbsolute(setting.changedAt)}
    >
      {sourceWords(setting)}
    </Badge>
    {setting.secret ? <Badge icon={KeyRound}>{say.secret}</Badge> : null}
    {setting.restart ? (
      <Badge tone="warn" icon={RotateCw} title={messages.settings.restartTitle}>
        {say.restart}
      </Badge>
    ) : null}
    {setting.critical ? (
      <Badge tone="warn" icon={TriangleAlert} title={messages.settings.criticalTitle}>
        {say.critical}
      </Badge>
    ) : null}
    {storedProblem(setting) === null ? null : <Badge tone="bad">{say.invalid}</Badge>}
    {setting.inactive === undefined ? null : (
      <Badge tone="warn" title={messages.settings.inactive(setting.inactive)}>
        {say.inactive}
      </Badge>
    )}
    {!setting.secret && setting.version !== null && setting.value === null ? <Badge>{say.isNull}</Badge> : null}
    {setting.hasDefault && setting.version !== null && jsonEqual(setting.value, setting.default) ? (
      <Badge>{say.sameAsDefault}</Badge>
    ) : null}
    {setting.known ? null : <Badge>{say.unknown}</Badge>}
  </>
));
