/** The legacy files: which are mirrored and how they are, and value by value what was changed in them outside Holdfast. */
import { FileSearch, Files } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { Mirror } from '../../contract/mirrors.ts';
import { messages } from '../messages.en.ts';
import { Badge, type Tone } from '../ui/badge.tsx';
import { Button, LinkButton } from '../ui/button.tsx';
import { Card, Stack } from '../ui/page.tsx';
import { Empty, ErrorState, Loading } from '../ui/states.tsx';
import { Switch } from '../ui/switch.tsx';
import { When } from '../ui/time.tsx';
import { toast, toastError } from '../ui/toast.tsx';
import { formatRoute } from '../route.ts';
import { useCall } from '../unlock-request.ts';
import { useQuery } from '../use-query.ts';
import { DriftCard } from './drift-card.tsx';
import css from './migration-page.module.css';
import { MirrorOnDialog, RepairDialog } from './mirror-dialogs.tsx';

const say = messages.migration;
const tones: Record<Mirror['state'], Tone> = { 'in-step': 'ok', behind: 'warn', diverged: 'bad', off: 'neutral' };

type RowProps = { mirror: Mirror; onTurn: (mirror: Mirror, on: boolean) => void; onRepair: (mirror: Mirror) => void };

const FileRow = ({ mirror, onTurn, onRepair }: RowProps): ReactNode => (
  <tr>
    <td>
      <a className="mono" href={formatRoute('migration', { tab: 'ledger', file: mirror.file })}>
        {mirror.file}
      </a>
      {mirror.exists ? null : <div className="small muted">{say.noSuchFile}</div>}
    </td>
    <td>
      <Badge tone={tones[mirror.state]}>{say.states[mirror.state]}</Badge>
      {mirror.reason === null ? null : <div className={css['reason']}>{mirror.reason}</div>}
    </td>
    <td className={css['number']}>{mirror.secrets === 0 ? <span className="muted">0</span> : mirror.secrets}</td>
    <td className={css['when']}>
      {mirror.lastWritten === null ? <span className="muted">{say.never}</span> : <When at={mirror.lastWritten} />}
    </td>
    <td className={css['actions']}>
      {mirror.state === 'behind' || mirror.state === 'diverged' ? (
        <Button
          small
          command="mirror.repair"
          aria-label={say.repairLabel(mirror.file)}
          onClick={() => onRepair(mirror)}
        >
          {say.repair}
        </Button>
      ) : null}
      <Switch
        command="mirror.set"
        checked={mirror.on}
        label={say.mirrorLabel(mirror.file)}
        onChange={(on) => onTurn(mirror, on)}
      />
    </td>
  </tr>
);

const columns = [say.file, say.state, say.secrets, say.written];

export const FilesSection = (): ReactNode => {
  const call = useCall();
  const query = useQuery('mirror.list', {}, ['migration', 'status', 'settings', 'secrets']);
  const [asking, setAsking] = useState<Mirror | null>(null);
  const [repairing, setRepairing] = useState<Mirror | null>(null);
  const turn = async (mirror: Mirror, on: boolean, yes: boolean): Promise<void> => {
    const answer = await call('mirror.set', { file: mirror.file, on, ...(yes ? { yes } : {}) });
    setAsking(null);
    if (!answer.ok) return toastError(answer.error);
    toast({ title: on ? say.turnedOn(mirror.file) : say.turnedOff(mirror.file) });
    void query.reload();
  };
  if (query.data === null)
    return query.error === null ? <Loading /> : <ErrorState error={query.error} onRetry={() => void query.reload()} />;
  const { mirrors } = query.data;
  if (mirrors.length === 0)
    return (
      <Empty icon={Files} title={say.noFiles} text={say.noFilesText}>
        <LinkButton icon={FileSearch} href={formatRoute('setup')}>
          {say.openSetup}
        </LinkButton>
      </Empty>
    );
  return (
    <Stack>
      <p className={css['intro']}>{say.filesText}</p>
      <Card flush>
        <div className={css['scroll']}>
          <table className={css['table']} aria-label={say.files}>
            <thead>
              <tr>
                {columns.map((title) => (
                  <th key={title} scope="col" className={title === say.secrets ? css['number'] : undefined}>
                    {title}
                  </th>
                ))}
                <th scope="col" className={css['actions']}>
                  {say.mirrored}
                </th>
              </tr>
            </thead>
            <tbody>
              {mirrors.map((mirror) => (
                <FileRow
                  key={mirror.file}
                  mirror={mirror}
                  onRepair={setRepairing}
                  onTurn={(one, on) => (on && one.secrets > 0 ? setAsking(one) : void turn(one, on, false))}
                />
              ))}
            </tbody>
          </table>
        </div>
      </Card>
      <DriftCard />
      {asking === null ? null : (
        <MirrorOnDialog mirror={asking} onClose={() => setAsking(null)} onYes={() => void turn(asking, true, true)} />
      )}
      {repairing === null ? null : (
        <RepairDialog
          mirror={repairing}
          onClose={() => {
            setRepairing(null);
            void query.reload();
          }}
        />
      )}
    </Stack>
  );
};
