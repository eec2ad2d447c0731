/** Page 1: what lies in this home, and which definition fits. */
import { ArchiveRestore, FolderOpen } from 'lucide-react';
import type { ReactNode } from 'react';
import { useBackupFlows } from '../backups/backup-flows.ts';
import { useTakeDrops } from '../backups/drop-area.tsx';
import { formatBytes } from '../format.ts';
import { messages } from '../messages.en.ts';
import { genericDefinition, isNotSetUp, shortPath, useStatus } from '../status.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { cx } from '../ui/cx.ts';
import { Field } from '../ui/field.tsx';
import { Select } from '../ui/select.tsx';
import { Empty, ErrorState, Loading } from '../ui/states.tsx';
import { useQuery } from '../use-query.ts';
import { Step } from './step.tsx';
import css from './wizard-screen.module.css';
import { useWizard } from './wizard-store.ts';

const say = messages.wizard.find;
const tones = { source: 'ok', 'left-alone': 'neutral', unknown: 'neutral' } as const;

/** Reasons name a file and what was found in it; here the file is enough. */
const namesOf = (why: readonly string[]): string[] => [...new Set(why.map((one) => one.split(' with ')[0] ?? one))];

export const FindStep = ({ onNext }: { onNext: () => void }): ReactNode => {
  const found = useQuery('home.find', {}, ['home', 'migration']);
  const { status } = useStatus();
  const flows = useBackupFlows();
  useTakeDrops(flows.lookInto);
  const chosen = useWizard((state) => state.definition);
  if (found.data === null) {
    return (
      <Step title={say.titleUnknown}>
        {found.error === null ? <Loading /> : <ErrorState error={found.error} onRetry={() => void found.reload()} />}
      </Step>
    );
  }
  const { definitions, files, home } = found.data;
  const definition = chosen ?? found.data.definition ?? definitions[0]?.id ?? null;
  const fit = definitions.find((one) => one.id === definition);
  const next = (): void => {
    // What was picked here is meant: a later look must not quietly pick another one.
    if (definition !== null) useWizard.setState({ definition });
    onNext();
  };
  return (
    <Step
      title={fit === undefined || fit.id === genericDefinition ? say.titleUnknown : say.title(fit.title)}
      subtitle={say.subtitle(files.length, shortPath(home, 60))}
      aside={
        isNotSetUp(status) ? (
          <Button variant="quiet" icon={ArchiveRestore} onClick={() => void flows.restoreFromFile()}>
            {say.restore}
          </Button>
        ) : null
      }
      action={
        <Button variant="primary" onClick={next}>
          {say.next}
        </Button>
      }
    >
      <div className={css['narrow']}>
        <Field
          label={say.definition}
          hint={
            fit === undefined || fit.why.length === 0
              ? say.definitionHint
              : `${say.why(namesOf(fit.why))}. ${say.definitionHint}`
          }
        >
          {({ id, describedBy }) => (
            <Select
              id={id}
              describedBy={describedBy}
              value={definition}
              options={definitions.map((one) => ({ value: one.id, label: one.title }))}
              onChange={(id_) => useWizard.setState({ definition: id_, choices: {} })}
            />
          )}
        </Field>
      </div>
      {files.length === 0 ? (
        <Empty compact icon={FolderOpen} title={say.emptyTitle} text={say.empty} />
      ) : (
        <div className={css['table']}>
          <table aria-label={say.titleUnknown}>
            <thead>
              <tr>
                <th scope="col">{say.file}</th>
                <th scope="col" className={css['size']}>
                  {say.size}
                </th>
                <th scope="col">{say.use}</th>
              </tr>
            </thead>
            <tbody>
              {files.slice(0, 500).map((file) => (
                <tr key={file.file}>
                  <td className="mono">{file.file}</td>
                  <td className={cx('muted', css['size'])}>{formatBytes(file.sizeBytes)}</td>
                  <td>
                    <Badge tone={tones[file.use]}>{say.uses[file.use]}</Badge>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Step>
  );
};
