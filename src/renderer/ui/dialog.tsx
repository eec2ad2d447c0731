/** A dialog over the page, in the middle or at the side. Focus stays inside and goes back where it came from. */
import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { useRef, type ComponentProps, type ReactNode } from 'react';
import { messages } from '../messages.en.ts';
import { buttonClass } from './button.tsx';
import { cx } from './cx.ts';
import css from './dialog.module.css';

type Props = {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  footer?: ReactNode;
  shape?: 'middle' | 'wide' | 'side';
  /** Only its own buttons and Esc close it: what it shows cannot be shown again. */
  staysOpen?: boolean;
  initialFocus?: ComponentProps<typeof Base.Popup>['initialFocus'];
  children?: ReactNode;
};

export const Dialog = ({
  open,
  onClose,
  title,
  description,
  footer,
  shape = 'middle',
  staysOpen = false,
  initialFocus,
  children,
}: Props): ReactNode => {
  const foot = useRef<HTMLDivElement>(null);
  // Never the cross: one Enter too many would close what was just opened. The first button below is the careful one.
  const first = (): HTMLElement | true => foot.current?.querySelector('button') ?? true;
  return (
    <Base.Root open={open} disablePointerDismissal={staysOpen} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Base.Portal>
        <Base.Backdrop className={css['backdrop']} />
        <Base.Popup className={cx(css['popup'], shape !== 'middle' && css[shape])} initialFocus={initialFocus ?? first}>
          <div className={css['head']}>
            <div className={css['titles']}>
              <Base.Title className={css['title']}>{title}</Base.Title>
              {description === undefined ? null : (
                <Base.Description className={css['description']} render={<div />}>
                  {description}
                </Base.Description>
              )}
            </div>
            <Base.Close
              className={buttonClass({ variant: 'icon' })}
              aria-label={messages.ui.close}
              title={messages.ui.close}
            >
              <X aria-hidden />
            </Base.Close>
          </div>
          <div className={css['body']} tabIndex={-1}>
            {children}
          </div>
          {footer === undefined ? null : (
            <div ref={foot} className={css['foot']}>
              {footer}
            </div>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
};
