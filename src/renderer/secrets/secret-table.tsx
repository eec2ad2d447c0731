/** The secrets by name: where each came from, how old it is, what is wrong with it, and what can be done. Never a value. */
import { useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import type { SettingView } from '../../contract/settings.ts';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { Badge, type Tone } from '../ui/badge.tsx';
import { Button, LinkButton } from '../ui/button.tsx';
import { Card } from '../ui/page.tsx';
import { When } from '../ui/time.tsx';
import { ChangeDialog, type Change } from './change-dialog.tsx';
import { ResetDialog } from './reset-dialog.tsx';
import { RevealDialog } from './reveal-dialog.tsx';
import css from './secrets-page.module.css';

const say = messages.secrets;

export type Item = Output<'secret.hygiene'>['secrets'][number];
/** One line: a secret that is there, the setting that it belongs to, or a setting whose secret is not set. */
export type Line = { item: Item | null; setting: SettingView | null };

const tones: Record<Item['findings'][number], Tone> = {
  unreadable: 'bad',
  weak: 'warn',
  placeholder: 'warn',
  reused: 'warn',
  empty: 'neutral',
  old: 'neutral',
};

type Open = { kind: 'reveal' | 'reset'; item: Item } | { kind: 'change'; change: Change; setting: SettingView } | null;

const commandOf = { reveal: 'settings.reveal', reset: 'secret.reset', change: 'settings.apply' } as const;

type ActionsProps = Line & { lost: boolean; onOpen: (open: Open) => void };

/** Where a secret that is no setting is changed. */
const pageOf: { [kind: string]: string } = { field: 'integrations' };

const Actions = ({ item, setting, lost, onOpen }: ActionsProps): ReactNode => {
  const name = item?.name ?? setting?.title ?? '';
  const button = (word: string, open: NonNullable<Open>): ReactNode => (
    <Button small command={commandOf[open.kind]} aria-label={say.of(word, name)} onClick={() => onOpen(open)}>
      {word}
    </Button>
  );
  const broken = item !== null && (lost || item.findings.includes('unreadable'));
  if (item !== null && broken) return button(say.reset, { kind: 'reset', item });
  if (setting !== null) {
    if (setting.locked !== undefined)
      return <span className="small muted">{messages.settings.lockedReason(setting.locked)}</span>;
    if (item === null) return button(say.set, { kind: 'change', change: 'set', setting });
    return (
      <>
        {item.findings.includes('empty') ? null : button(say.reveal, { kind: 'reveal', item })}
        {button(say.replace, { kind: 'change', change: 'set', setting })}
        {button(say.remove, { kind: 'change', change: 'remove', setting })}
      </>
    );
  }
  const page = pageOf[item?.kind ?? ''];
  return page === undefined ? null : (
    <LinkButton small href={formatRoute(page)} aria-label={say.of(say.change, name)}>
      {say.change}
    </LinkButton>
  );
};

const Findings = ({ item }: { item: Item }): ReactNode => (
  <div className={css['badges']}>
    {item.findings.map((finding) => (
      <Badge
        key={finding}
        tone={tones[finding]}
        title={finding === 'reused' ? say.sameAs(item.sameAs) : say.findingTitles[finding]}
      >
        {say.findings[finding]}
      </Badge>
    ))}
    {item.findings.includes('reused') ? <span className="small muted">{say.sameAs(item.sameAs)}</span> : null}
  </div>
);

export const SecretTable = ({ lines, lost }: { lines: readonly Line[]; lost: boolean }): ReactNode => {
  const [open, setOpen] = useState<Open>(null);
  const close = (): void => setOpen(null);
  return (
    <Card flush>
      <table className={css['table']} aria-label={say.table}>
        <thead>
          <tr>
            <th scope="col">{say.secret}</th>
            <th scope="col">{say.from}</th>
            <th scope="col">{say.changed}</th>
            <th scope="col">{say.found}</th>
            <th scope="col">
              <span className="visually-hidden">{say.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ item, setting }) => (
            <tr key={item === null ? `setting ${setting?.key ?? ''}` : `${item.kind} ${item.key}`}>
              <td>
                <span className={css['name']}>{item?.name ?? setting?.title}</span>
                <div className={css['key']}>{item?.key ?? setting?.key}</div>
              </td>
              <td className="muted">{item === null ? '' : (item.file ?? say.noFile)}</td>
              <td className={css['when']}>
                {item === null ? <span className="muted">{say.notSet}</span> : <When at={item.changedAt} />}
                {item?.fingerprint == null ? null : (
                  <div className={css['key']} title={say.fingerprintTitle}>
                    <span className="visually-hidden">{say.fingerprint}</span> {item.fingerprint}
                  </div>
                )}
              </td>
              <td>{item === null ? null : <Findings item={item} />}</td>
              <td className={css['actions']}>
                <Actions item={item} setting={setting} lost={lost} onOpen={setOpen} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {open?.kind === 'reveal' ? (
        <RevealDialog settingKey={open.item.key} name={open.item.name} onClose={close} />
      ) : null}
      {open?.kind === 'reset' ? <ResetDialog item={open.item} newKeys={lost} onClose={close} /> : null}
      {open?.kind === 'change' ? <ChangeDialog setting={open.setting} change={open.change} onClose={close} /> : null}
    </Card>
  );
};
