/** The files into `deprecated/`: the checklist with what to do about each open point, where each file goes, going on regardless. */
import { useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import type { CheckPoint } from '../../contract/migration-after.ts';
import { useBackupFlows } from '../backups/backup-flows.ts';
import { useJobs } from '../jobs.ts';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { useStatus } from '../status.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Checkbox, Field, TextInput } from '../ui/field.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { AfterDialog, FileList, isName, MirrorsOff, TypeName, useAfter } from './after-dialog.tsx';
import css from './migration-page.module.css';

const say = messages.migration.after;
type Retired = Output<'migration.retire'>;

const WhatToDo = ({ name, onBackup, busy }: { name: string; onBackup: () => void; busy: boolean }): ReactNode => {
  const words = say.toDo[name];
  if (name === 'backup proven')
    return (
      <Button small command="backup.create" busy={busy} onClick={onBackup}>
        {say.makeBackup}
      </Button>
    );
  if (name === 'tested') return <a href={formatRoute('integrations')}>{words}</a>;
  if (name === 'no drift') return <a href={formatRoute('migration', { tab: 'files' })}>{words}</a>;
  if (name === 'verified') return <a href={formatRoute('setup')}>{words}</a>;
  return words === undefined ? null : <span>{words}</span>;
};

type ListProps = { checks: readonly CheckPoint[]; busy: boolean; onBackup: () => void };

const Checklist = ({ checks, busy, onBackup }: ListProps): ReactNode => (
  <ul className={css['checks']} aria-label={say.checklist}>
    {checks.map(({ name, met, detail }) => (
      <li key={name}>
        <Badge tone={met ? 'ok' : 'warn'}>{met ? say.met : say.unmet}</Badge>
        <div>
          <strong>{say.points[name] ?? name}</strong>
          {met && name !== 'backup proven' ? null : <div className="small muted">{detail}</div>}
          {met ? null : <WhatToDo name={name} busy={busy} onBackup={onBackup} />}
        </div>
      </li>
    ))}
  </ul>
);

type Force = { force: boolean; reason: string; typed: string };

const ForceFields = ({
  force,
  name,
  onChange,
}: {
  force: Force;
  name: string;
  onChange: (next: Force) => void;
}): ReactNode => (
  <>
    <Checkbox
      checked={force.force}
      label={say.force}
      hint={say.forceHint}
      onChange={(on) => onChange({ ...force, force: on })}
    />
    {force.force ? (
      <>
        <Field label={say.forceReason}>
          {({ id, describedBy }) => (
            <TextInput
              id={id}
              aria-describedby={describedBy}
              value={force.reason}
              onChange={(reason) => onChange({ ...force, reason })}
            />
          )}
        </Field>
        <TypeName name={name} value={force.typed} onChange={(typed) => onChange({ ...force, typed })} />
      </>
    ) : null}
  </>
);

const Done = ({ data }: { data: Retired }): ReactNode => (
  <>
    <NoticeLine tone="ok">{say.retireDone(data.files.length)}</NoticeLine>
    {data.inClear.secrets === 0 ? null : (
      <NoticeLine tone="warn">{say.stillInClear(data.inClear.secrets, data.inClear.files)}</NoticeLine>
    )}
    <p className="muted">{say.retireAfter}</p>
  </>
);

export const RetireDialog = ({ onClose }: { onClose: () => void }): ReactNode => {
  const { title } = useStatus();
  const flows = useBackupFlows();
  const backingUp = useJobs((state) => state.jobs.backup?.state === 'running');
  const [keepSecrets, setKeepSecrets] = useState(false);
  const [keepEnv, setKeepEnv] = useState(false);
  const [force, setForce] = useState<Force>({ force: false, reason: '', typed: '' });
  const after = useAfter('migration.retire', { keepSecrets, keepEnv });
  const { preview, result } = after;
  const unmet = preview?.checks.some((one) => !one.met) ?? true;
  const files = preview?.files ?? [];
  const agreed = force.force && force.reason.trim() !== '' && isName(force.typed, title);
  const act = (): void => void after.run(unmet ? { force: true, reason: force.reason.trim() } : {});
  const makeBackup = (): void => void flows.createBackup().then(after.look);
  return (
    <AfterDialog
      title={result === null ? say.retireTitle : say.retired}
      description={result === null ? say.retireText : undefined}
      after={after}
      action={files.length === 0 ? null : { label: say.retireDo(files.length), ready: !unmet || agreed, act }}
      onClose={onClose}
    >
      {result !== null ? <Done data={result} /> : null}
      {result !== null || preview === null ? null : (
        <>
          <Checklist checks={preview.checks} busy={backingUp} onBackup={makeBackup} />
          {files.length === 0 ? (
            <p>{say.retireNothing}</p>
          ) : (
            <>
              <MirrorsOff files={preview.mirrorsOff} />
              <FileList
                label={say.retireFiles}
                rows={files.map(({ file, to, encrypted }) => ({ file, what: say.goesTo(to, encrypted) }))}
              />
              <Checkbox checked={keepEnv} label={say.keepEnv} hint={say.keepEnvHint} onChange={setKeepEnv} />
              <Checkbox
                checked={keepSecrets}
                label={say.keepSecrets}
                hint={say.keepSecretsHint}
                onChange={setKeepSecrets}
              />
              {unmet ? <ForceFields force={force} name={title} onChange={setForce} /> : null}
            </>
          )}
        </>
      )}
    </AfterDialog>
  );
};
