/** Bundles: this home's values as a file to share, files from elsewhere taken in, and templates kept by name. */
import { FileDown, FileUp, Package, Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Page, Stack } from '../ui/page.tsx';
import { Empty, ErrorState, Loading } from '../ui/states.tsx';
import { toast, toastError } from '../ui/toast.tsx';
import { useCall } from '../unlock-request.ts';
import { useQuery } from '../use-query.ts';
import { useBundleDialogs, useBundleFlows } from './bundle-flows.ts';
import css from './bundles.module.css';
import { ImportDialog } from './import-dialog.tsx';
import { ExportDialog, TemplateDialog } from './make-dialog.tsx';
import { TemplateTable } from './template-table.tsx';

const say = messages.bundles;

const RemoveDialog = ({ name, onClose }: { name: string; onClose: () => void }): ReactNode => {
  const call = useCall();
  const remove = async (): Promise<void> => {
    const answer = await call('template.remove', { name });
    onClose();
    if (answer.ok) toast({ title: say.removed(name) });
    else toastError(answer.error);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={say.removeTitle(name)}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          <Button variant="danger" command="template.remove" onClick={() => void remove()}>
            {say.remove}
          </Button>
        </>
      }
    >
      <p>{say.removeText}</p>
    </Dialog>
  );
};

export const BundlesPage = (): ReactNode => {
  const flows = useBundleFlows();
  const list = useQuery('template.list', {}, ['audit', 'home']);
  const { importing, making } = useBundleDialogs();
  const [removing, setRemoving] = useState<string | null>(null);
  const close = (): void => {
    useBundleDialogs.setState({ importing: null, making: null });
    void list.reload();
  };
  const templates = list.data?.templates ?? [];
  const body = (): ReactNode => {
    if (list.data === null)
      return list.error === null ? <Loading /> : <ErrorState error={list.error} onRetry={() => void list.reload()} />;
    if (templates.length === 0)
      return (
        <Empty icon={Package} title={say.emptyTitle} text={say.empty}>
          <Button icon={Plus} variant="primary" command="template.save" onClick={flows.saveTemplate}>
            {say.save}
          </Button>
          <Button command="template.save" onClick={() => void flows.templateFromFile()}>
            {say.fromFile}
          </Button>
        </Empty>
      );
    return (
      <>
        <div className={css['bar']}>
          <h2>{say.templates}</h2>
          <span className={css['barActions']}>
            <Button small command="template.save" onClick={() => void flows.templateFromFile()}>
              {say.fromFile}
            </Button>
            <Button small icon={Plus} command="template.save" onClick={flows.saveTemplate}>
              {say.save}
            </Button>
          </span>
        </div>
        <TemplateTable
          templates={templates}
          onApply={flows.applyTemplate}
          onWrite={(name) => void flows.writeTemplate(name)}
          onRemove={setRemoving}
        />
      </>
    );
  };
  return (
    <Page
      title={say.title}
      subtitle={say.subtitle}
      command="holdfast template list"
      actions={
        <>
          <Button icon={FileUp} command="bundle.import" onClick={() => void flows.importBundle()}>
            {say.import}
          </Button>
          <Button icon={FileDown} command="bundle.export" onClick={flows.exportBundle}>
            {say.export}
          </Button>
        </>
      }
    >
      <Stack>{body()}</Stack>
      {importing === null ? null : <ImportDialog key={JSON.stringify(importing)} source={importing} onClose={close} />}
      {making?.to === 'file' ? <ExportDialog onClose={close} /> : null}
      {making?.to === 'template' ? (
        <TemplateDialog making={making} taken={new Set(templates.map(({ name }) => name))} onClose={close} />
      ) : null}
      {removing === null ? null : (
        <RemoveDialog
          name={removing}
          onClose={() => {
            setRemoving(null);
            void list.reload();
          }}
        />
      )}
    </Page>
  );
};
