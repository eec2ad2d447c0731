/** The dialogs about one backup, over whatever page shows: a home that is not set up has no page of backups yet. */
import type { ReactNode } from 'react';
import { goTo } from '../use-route.ts';
import { useBackupDialogs } from './backup-flows.ts';
import { RestoreDialog } from './restore-dialog.tsx';
import { VerifyDialog } from './verify-dialog.tsx';

export const BackupDialogs = (): ReactNode => {
  const { verify, restore } = useBackupDialogs();
  const close = (): void => useBackupDialogs.setState({ restore: null });
  return (
    <>
      {verify === null ? null : (
        <VerifyDialog key={verify.name} target={verify} onClose={() => useBackupDialogs.setState({ verify: null })} />
      )}
      {restore === null ? null : (
        <RestoreDialog
          key={JSON.stringify(restore.ref)}
          target={restore}
          onClose={close}
          onRestored={() => {
            close();
            // What was done, and the way back, stand there.
            goTo('backups');
          }}
        />
      )}
    </>
  );
};
