/** Copies text, and says so. The clipboard may be refused by a window's permissions: then a selection does it. */
import { Check, Copy } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { messages } from '../messages.en.ts';
import { Button, IconButton } from './button.tsx';
import css from './copy.module.css';

const copyBySelection = (text: string): boolean => {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  document.body.append(area);
  area.select();
  // oxlint-disable-next-line typescript/no-deprecated -- the only way left where the clipboard permission is refused
  const done = document.execCommand('copy');
  area.remove();
  return done;
};

export const copyText = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
};

type Props = { text: string; label: string; small?: boolean; iconOnly?: boolean };

export const CopyButton = ({ text, label, small = false, iconOnly = false }: Props): ReactNode => {
  const [copied, setCopied] = useState(false);
  const onClick = (): void => {
    void copyText(text).then((done) => {
      setCopied(done);
      setTimeout(() => setCopied(false), 2000);
    });
  };
  const icon = copied ? Check : Copy;
  return (
    <>
      {iconOnly ? (
        <IconButton label={label} icon={icon} small={small} onClick={onClick} />
      ) : (
        <Button icon={icon} small={small} onClick={onClick}>
          {label}
        </Button>
      )}
      <span className="visually-hidden" role="status">
        {copied ? messages.ui.copied : ''}
      </span>
    </>
  );
};

/** "Same as `holdfast …`", ready to copy; bare where the command is the thing to do. */
export const CommandLine = ({ command, bare = false }: { command: string; bare?: boolean }): ReactNode => (
  <span className={css['line']}>
    {bare ? null : <span className="small muted">{messages.ui.sameAs}</span>}
    <code className={css['command']}>{command}</code>
    <CopyButton text={command} label={messages.ui.copyCommand} small iconOnly />
  </span>
);
