/** One line while changed settings wait for a restart of the application; gone when they are put back, or it was restarted. */
import { RotateCw } from 'lucide-react';
import { memo, useMemo, type ReactNode } from 'react';
import type { SettingView } from '../../contract/settings.ts';
import { jsonEqual } from '../../contract/json.ts';
import type { Output } from '../../contract/commands.ts';
import { messages } from '../messages.en.ts';
import { useStatus } from '../status.ts';
import { Button } from '../ui/button.tsx';
import { useQuery } from '../use-query.ts';
import css from './restart-banner.module.css';
import { noteRestarted, useStaging } from './staging-store.ts';

const say = messages.settings.restartBanner;

/** Those that the application reads at its start and that are not as they were when it started. */
export const waitingForRestart = (
  settings: readonly SettingView[],
  then: Output<'settings.at'>['settings'],
): SettingView[] => {
  const before = new Map(then.map((one) => [one.key, one]));
  return settings.filter((setting) => {
    if (!setting.restart) return false;
    const old = before.get(setting.key);
    if (setting.secret) return old === undefined ? setting.set === true : !old.current;
    if (old?.secret === true) return true;
    // An own value is nothing that the application reads at its start.
    const now = setting.system === undefined ? setting.value : setting.system.value;
    return !jsonEqual(old === undefined ? setting.default : old.value, now);
  });
};

export const RestartBanner = memo(
  ({ settings, onShow }: { settings: readonly SettingView[]; onShow: () => void }): ReactNode => {
    const { status, title } = useStatus();
    const since = useStaging((state) => state.homes[status.home]?.restartedAt ?? null);
    const then = useQuery('settings.at', { time: since ?? '2000-01-01T00:00:00.000Z' }, ['settings', 'secrets'], {
      skip: since === null,
    });
    const before = since === null ? null : then.data;
    const waiting = useMemo(
      () => (before === null ? [] : waitingForRestart(settings, before.settings)),
      [settings, before],
    );
    return (
      <div role="status">
        {waiting.length === 0 ? null : (
          <div className={css['banner']} data-actions="bar">
            <RotateCw aria-hidden />
            <span className={css['text']} title={waiting.map(({ key }) => key).join(', ')}>
              {say.text(waiting.length, title)}
            </span>
            <Button variant="link" onClick={onShow}>
              {say.show}
            </Button>
            <Button small command="settings.apply" onClick={() => noteRestarted(status.home)}>
              {say.done}
            </Button>
          </div>
        )}
      </div>
    );
  },
);
