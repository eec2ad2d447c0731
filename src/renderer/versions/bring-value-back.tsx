/** In the history of a setting: this value again, by way of the review. */
import { useState, type ReactNode } from 'react';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { BringBackDialog } from './bring-back-dialog.tsx';

export const BringValueBack = ({ settingKey, changeSet }: { settingKey: string; changeSet: string }): ReactNode => {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="link" onClick={() => setOpen(true)}>
        {messages.versions.bringThisBack}
      </Button>
      {open ? (
        <BringBackDialog
          ask={{ kind: 'pick', from: `cs:${changeSet}`, keys: [settingKey] }}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </>
  );
};
