/** Beside a setting: its history, and the chain of sources that made its value. */
import { History } from 'lucide-react';
import type { ReactNode } from 'react';
import type { SettingView } from '../../contract/settings.ts';
import { ChangeDiff } from '../change/change-diff.tsx';
import { formatValue } from '../format.ts';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { Badge } from '../ui/badge.tsx';
import { CommandLine } from '../ui/copy.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Empty, ErrorState, Loading } from '../ui/states.tsx';
import { When } from '../ui/time.tsx';
import { useQuery } from '../use-query.ts';
import { BringBackButton } from '../versions/bring-back-button.tsx';
import css from './setting-aside.module.css';

const say = messages.settings;

const HistoryList = ({ setting }: { setting: SettingView }): ReactNode => {
  const history = useQuery('settings.history', { key: setting.key, limit: 200 }, ['settings', 'audit']);
  if (history.data === null) return history.error === null ? <Loading /> : <ErrorState error={history.error} />;
  if (history.data.versions.length === 0) return <Empty compact icon={History} title={say.noHistory} />;
  return (
    <ol className={css['list']}>
      {history.data.versions.map((version, index) => (
        <li key={version.id}>
          <div className={css['head']}>
            <When at={version.at} seconds />
            <span>{version.actor}</span>
            <span className="muted">{messages.audit.sources[version.source] ?? version.source}</span>
          </div>
          <ChangeDiff {...version} />
          {version.reason === null ? null : <p className="muted">{version.reason}</p>}
          {index === 0 || version.user !== undefined ? null : (
            <BringBackButton
              label={messages.versions.bringThisBack}
              ask={{ kind: 'pick', from: `cs:${version.changeSet}`, keys: [setting.key] }}
            />
          )}
        </li>
      ))}
    </ol>
  );
};

const Layers = ({ setting }: { setting: SettingView }): ReactNode => {
  const explained = useQuery('settings.explain', { key: setting.key }, ['settings']);
  if (explained.data === null) return explained.error === null ? <Loading /> : <ErrorState error={explained.error} />;
  return (
    <>
      <p className={css['intro']}>{say.explainText}</p>
      <ol className={css['list']}>
        {explained.data.layers.map((layer, index) => (
          <li key={index} data-wins={layer.wins ? '' : undefined}>
            <div className={css['head']}>
              <strong>{say.layers[layer.source]}</strong>
              {layer.file === undefined ? null : (
                <a className="mono" href={formatRoute('migration', { tab: 'ledger', key: setting.key })}>
                  {layer.line === undefined ? layer.file : `${layer.file}:${String(layer.line)}`}
                </a>
              )}
              {layer.user === undefined ? null : <span>{layer.user}</span>}
              {layer.at === undefined ? null : <When at={layer.at} />}
              {layer.wins ? <Badge tone="ok">{say.wins}</Badge> : null}
            </div>
            {layer.reason === undefined ? null : <p>{say.lockedReason(layer.reason)}</p>}
            <div className="mono">
              {setting.secret
                ? layer.set === false
                  ? say.badges.notSet
                  : say.secretHidden
                : formatValue(layer.value, 2000)}
            </div>
          </li>
        ))}
      </ol>
    </>
  );
};

type Props = { setting: SettingView; view: 'history' | 'explain'; onClose: () => void };

export const SettingAside = ({ setting, view, onClose }: Props): ReactNode => (
  <Dialog
    open
    shape="side"
    onClose={onClose}
    title={view === 'history' ? say.historyTitle(setting.title) : say.explainTitle(setting.title)}
    description={<span className="mono">{setting.key}</span>}
    footer={
      <span className={css['foot']}>
        <CommandLine command={`holdfast config ${view} ${setting.key}`} />
        {view === 'history' ? <a href={formatRoute('audit', { key: setting.key })}>{say.inAuditLog}</a> : null}
      </span>
    }
  >
    {view === 'history' ? <HistoryList setting={setting} /> : <Layers setting={setting} />}
  </Dialog>
);
