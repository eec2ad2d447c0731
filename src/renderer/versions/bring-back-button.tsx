/** Wherever a past change shows: back to it, by way of the review. */
import { useState, type ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { BringBackDialog } from './bring-back-dialog.tsx';
import type { Ask } from './bring-back.ts';

export const BringBackButton = ({ label, ask }: { label: string; ask: Ask }): ReactNode => {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="link" command="versions.revert" onClick={() => setOpen(true)}>
        {label}
      </Button>
      {open ? <BringBackDialog ask={ask} onClose={() => setOpen(false)} /> : null}
    </>
  );
};
