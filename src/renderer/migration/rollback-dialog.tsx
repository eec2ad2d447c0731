/** Back to the files: which come back, what is overwritten, what stays. */
import { useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import { formatAbsolute } from '../format.ts';
import { messages } from '../messages.en.ts';
import { Field, TextInput } from '../ui/field.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { AfterDialog, FileList, MirrorsOff, useAfter } from './after-dialog.tsx';

const say = messages.migration.after;
type RolledBack = Output<'migration.rollback'>;

const Preview = ({ data }: { data: RolledBack }): ReactNode => {
  const touched = data.files.filter((one) => one.action !== 'unchanged');
  const drifted = touched.filter((one) => one.drifted).map((one) => one.file);
  return (
    <>
      <p>{touched.length === 0 ? say.rollbackNothing : say.rollbackText(touched.length, data.files.length)}</p>
      {drifted.length === 0 ? null : <NoticeLine tone="warn">{say.rollbackDrifted(drifted)}</NoticeLine>}
      <MirrorsOff files={data.mirrorsOff} />
      <FileList
        label={say.rollbackFiles}
        rows={data.files.map(({ file, action }) => ({ file, what: say.rollbackActions[action] }))}
      />
      <p className="muted">{say.rollbackKeeps(data.backup)}</p>
    </>
  );
};

export const RollbackDialog = ({ run, at, onClose }: { run: string; at: string; onClose: () => void }): ReactNode => {
  const after = useAfter('migration.rollback', { run });
  const [reason, setReason] = useState('');
  const { preview, result } = after;
  const touched = preview?.files.filter((one) => one.action !== 'unchanged').length ?? 0;
  // Mirrors alone are reason enough: they would write the files again.
  const idle = touched === 0 && preview?.mirrorsOff.length === 0;
  const act = (): void => void after.run(reason.trim() === '' ? {} : { reason: reason.trim() });
  return (
    <AfterDialog
      title={result === null ? say.rollbackTitle : say.rolledBack}
      description={say.rollbackAt(formatAbsolute(at))}
      after={after}
      action={idle ? null : { label: say.rollbackDo(touched), ready: true, act }}
      onClose={onClose}
    >
      {result === null ? (
        preview === null ? null : (
          <>
            <Preview data={preview} />
            {idle ? null : (
              <Field label={say.reason} hint={say.reasonHint}>
                {({ id, describedBy }) => (
                  <TextInput id={id} aria-describedby={describedBy} value={reason} onChange={setReason} />
                )}
              </Field>
            )}
          </>
        )
      ) : (
        <>
          <NoticeLine tone="ok">
            {say.rollbackDone(result.files.filter((one) => one.action !== 'unchanged').length)}
          </NoticeLine>
          {result.saved === null ? null : <p>{say.rollbackSaved(result.saved)}</p>}
          <p className="muted">{say.rollbackAfter}</p>
        </>
      )}
    </AfterDialog>
  );
};
