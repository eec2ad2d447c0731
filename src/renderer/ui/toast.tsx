/** Short messages about what just happened, with the way to take it back. Kept until read when they report a failure. */
import { Toast as Base } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { describeError, type HoldfastError } from '../../contract/errors.ts';
import { messages } from '../messages.en.ts';
import { buttonClass } from './button.tsx';
import { cx } from './cx.ts';
import css from './toast.module.css';

const manager = Base.createToastManager();

type Note = { title: string; text?: string; action?: { label: string; onClick: () => void } };

const add = (note: Note, type: 'note' | 'problem', timeout: number): void => {
  const id = manager.add({
    title: note.title,
    type,
    timeout,
    priority: type === 'problem' ? 'high' : 'low',
    ...(note.text === undefined ? {} : { description: note.text }),
    ...(note.action === undefined
      ? {}
      : {
          actionProps: {
            children: note.action.label,
            onClick: () => {
              manager.close(id);
              note.action?.onClick();
            },
          },
        }),
  });
};

export const toast = (note: Note): void => add(note, 'note', note.action === undefined ? 6_000 : 15_000);
export const toastProblem = (note: Note): void => add(note, 'problem', 0);

/** What a person cancelled needs no complaint. */
export const toastError = (error: HoldfastError): void => {
  if (error.type !== 'Cancelled') toastProblem({ title: messages.ui.problem, text: describeError(error) });
};

const List = (): ReactNode =>
  Base.useToastManager().toasts.map((one) => (
    <Base.Root key={one.id} toast={one} className={cx(css['toast'], one.type === 'problem' && css['bad'])}>
      <Base.Content className={css['content']}>
        <div className={css['text']}>
          <Base.Title className={css['title']} render={<p />} />
          <Base.Description className="small muted" />
        </div>
        <Base.Action className={buttonClass({ variant: 'quiet', small: true })} />
        <Base.Close
          className={buttonClass({ variant: 'icon', small: true })}
          aria-label={messages.ui.dismiss}
          title={messages.ui.dismiss}
        >
          <X aria-hidden />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ));

export const Toasts = (): ReactNode => (
  <Base.Provider toastManager={manager} limit={3}>
    <Base.Portal>
      <Base.Viewport className={css['viewport']} aria-label={messages.ui.notifications}>
        <List />
      </Base.Viewport>
    </Base.Portal>
  </Base.Provider>
);
