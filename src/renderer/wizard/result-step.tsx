/** The result: proof, the recovery code shown once and typed back, the first backup. */
import { useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import { formatBytes } from '../format.ts';
import { clearJob } from '../jobs.ts';
import { messages } from '../messages.en.ts';
import { count } from '../plural.ts';
import { RecoveryCode } from '../recovery/recovery-code.tsx';
import { RecoveryLine } from '../recovery/recovery-line.tsx';
import { useStatus } from '../status.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/page.tsx';
import { goTo } from '../use-route.ts';
import css from './result-step.module.css';
import { Step } from './step.tsx';
import shared from './wizard-screen.module.css';

const say = messages.wizard.result;
type Applied = Output<'setup.apply'>;
type Verification = NonNullable<Applied['migration']['verification']>;

const Proof = ({ verification }: { verification: Verification }): ReactNode => (
  <div className={shared['table']}>
    <table aria-label={say.proof}>
      <thead>
        <tr>
          <th scope="col">{say.check}</th>
          <th scope="col" className={css['number']}>
            {say.expected}
          </th>
          <th scope="col" className={css['number']}>
            {say.found}
          </th>
          <th scope="col">{say.outcome}</th>
        </tr>
      </thead>
      <tbody>
        {verification.checks.map((check) => (
          <tr key={check.name}>
            <th scope="row">
              {say.checks[check.name] ?? check.name.charAt(0).toUpperCase() + check.name.slice(1)}
              {check.detail === undefined ? null : <div className="small muted">{check.detail}</div>}
            </th>
            <td className={css['number']}>{count(check.expected)}</td>
            <td className={css['number']}>{count(check.found)}</td>
            <td>
              <Badge tone={check.ok ? 'ok' : 'bad'}>{check.ok ? say.agrees : say.differs}</Badge>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const BackupLine = ({
  title,
  path,
  sizeBytes,
  proven,
}: {
  title: string;
  path: string;
  sizeBytes: number;
  proven: boolean;
}): ReactNode => (
  <div className={css['backup']}>
    <h2>{title}</h2>
    <span className="mono muted">{path}</span>
    <span className="muted">{formatBytes(sizeBytes)}</span>
    <Badge tone={proven ? 'ok' : 'neutral'}>{proven ? say.proven : say.sealed}</Badge>
  </div>
);

export const ResultStep = ({ result }: { result: Applied }): ReactNode => {
  const { title } = useStatus();
  const [confirmed, setConfirmed] = useState(result.recoveryCode === undefined);
  const { migration, backup } = result;
  const agrees = migration.verification?.ok !== false;
  const files = migration.sources.filter((source) => source.status === 'read').length;
  const leave = (): void => {
    clearJob('setup');
    goTo('overview');
  };
  return (
    <Step
      standing={false}
      title={agrees ? say.title(title) : say.failedTitle}
      subtitle={agrees ? say.subtitle(files) : say.failed}
      aside={confirmed ? undefined : <span className="small muted">{say.notConfirmed}</span>}
      action={
        <Button variant={confirmed ? 'primary' : 'plain'} onClick={leave}>
          {say.open}
        </Button>
      }
    >
      {result.recoveryCode === undefined ? null : (
        <Card title={messages.recovery.codeTitle} className={css['codeCard']}>
          <RecoveryCode code={result.recoveryCode} text={say.codeText} onConfirmed={() => setConfirmed(true)} />
        </Card>
      )}
      {result.recoveryCode === undefined ? <RecoveryLine missingText={say.noCode} /> : null}
      {migration.verification === null ? null : <Proof verification={migration.verification} />}
      <Card className={css['backups']}>
        {backup === null ? null : (
          <BackupLine
            title={say.backupTitle}
            path={backup.path}
            sizeBytes={backup.sizeBytes}
            proven={backup.provenAt !== null}
          />
        )}
        {migration.backup === null ? null : (
          <BackupLine
            title={say.legacyBackup}
            path={migration.backup.path}
            sizeBytes={migration.backup.sizeBytes}
            proven={migration.backup.provenAt !== null}
          />
        )}
      </Card>
    </Step>
  );
};
