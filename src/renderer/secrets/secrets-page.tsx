/**
 * The secrets of this home by name, and what is wrong with which; the ways to open them. A value is here only while it is
 * revealed, or typed.
 */
import { KeyRound, Lock, LockOpen } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import type { SettingView } from '../../contract/settings.ts';
import { messages } from '../messages.en.ts';
import { useStatus } from '../status.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Page, Stack } from '../ui/page.tsx';
import { Empty, ErrorState, Loading, NoticeLine } from '../ui/states.tsx';
import { toast, toastError } from '../ui/toast.tsx';
import { askUnlock, useCall } from '../unlock-request.ts';
import { useQuery } from '../use-query.ts';
import { SecretTable, type Line } from './secret-table.tsx';
import css from './secrets-page.module.css';
import { SlotsCard } from './slots-card.tsx';

const say = messages.secrets;
type Board = Output<'secret.hygiene'>;

/** Secrets that are there in their order, then settings whose secret is not set. */
const linesOf = (board: Board, settings: readonly SettingView[]): Line[] => {
  const secret = new Map(settings.filter((one) => one.secret).map((one) => [one.key, one]));
  const there = board.secrets.map((item): Line => {
    return { item, setting: item.kind === 'setting' ? (secret.get(item.key) ?? null) : null };
  });
  const known = new Set(board.secrets.filter(({ kind }) => kind === 'setting').map(({ key }) => key));
  return [
    ...there,
    ...[...secret.values()].filter(({ key }) => !known.has(key)).map((setting) => ({ item: null, setting })),
  ];
};

const LostDialog = ({ onGo, onClose }: { onGo: () => void; onClose: () => void }): ReactNode => (
  <Dialog
    open
    onClose={onClose}
    title={say.lostTitle}
    description={say.lostText}
    footer={
      <>
        <Button onClick={onClose}>{messages.ui.cancel}</Button>
        <Button variant="danger" onClick={onGo}>
          {say.lostGo}
        </Button>
      </>
    }
  >
    <ul className={css['steps']}>
      {say.lostFirst.map((step) => (
        <li key={step}>{step}</li>
      ))}
    </ul>
  </Dialog>
);

const Summary = ({ board, lost, onLost }: { board: Board; lost: boolean; onLost: () => void }): ReactNode => {
  if (lost) return <NoticeLine tone="warn">{say.lostHint}</NoticeLine>;
  if (board.locked)
    return (
      <NoticeLine tone="info">
        {say.lockedText}{' '}
        <Button variant="link" command="secret.reset" onClick={onLost}>
          {say.lostAsk}
        </Button>
      </NoticeLine>
    );
  const wrong = board.secrets.filter((one) => one.findings.length > 0).length;
  return wrong === 0 ? (
    <NoticeLine tone="ok">{say.allGood(board.secrets.length)}</NoticeLine>
  ) : (
    <NoticeLine tone="warn">{say.someWrong(wrong, board.secrets.length)}</NoticeLine>
  );
};

const LockButton = (): ReactNode => {
  const call = useCall();
  const { status } = useStatus();
  const lock = async (): Promise<void> => {
    const answer = await call('secret.lock', {});
    if (answer.ok) toast({ title: messages.unlock.locked });
    else toastError(answer.error);
  };
  if (status.keys === 'none') return null;
  return status.keys === 'unlocked' ? (
    <Button icon={Lock} command="secret.lock" onClick={() => void lock()}>
      {say.lock}
    </Button>
  ) : (
    <Button
      variant="primary"
      icon={LockOpen}
      command="secret.unlock"
      onClick={() => void askUnlock(messages.unlock.why)}
    >
      {messages.unlock.unlock}
    </Button>
  );
};

const Body = (): ReactNode => {
  const board = useQuery('secret.hygiene', {}, ['secrets', 'settings', 'integrations']);
  const list = useQuery('settings.list', {}, ['secrets', 'settings']);
  const [lost, setLost] = useState<'no' | 'asked' | 'yes'>('no');
  const settings = list.data?.settings;
  const lines = useMemo(
    () => (board.data === null || settings === undefined ? [] : linesOf(board.data, settings)),
    [board.data, settings],
  );
  const error = board.error ?? list.error;
  if (board.data === null || list.data === null)
    return error === null ? <Loading /> : <ErrorState error={error} onRetry={() => void board.reload()} />;
  if (lines.length === 0) return <Empty icon={KeyRound} title={say.emptyTitle} text={say.empty} />;
  // The first reset makes new keys and opens them: what the old ones held shows as unreadable from then on.
  const resetting = lost === 'yes' && board.data.locked;
  return (
    <>
      <Summary board={board.data} lost={resetting} onLost={() => setLost('asked')} />
      <SecretTable lines={lines} lost={resetting} />
      {lost === 'asked' ? <LostDialog onGo={() => setLost('yes')} onClose={() => setLost('no')} /> : null}
    </>
  );
};

export const SecretsPage = (): ReactNode => {
  const { status } = useStatus();
  const slots = useQuery('secret.status', {}, ['secrets']);
  return (
    <Page
      wide
      title={say.title}
      subtitle={say.subtitle}
      command="holdfast secret hygiene"
      badges={<Badge tone={status.keys === 'unlocked' ? 'ok' : 'neutral'}>{say.states[status.keys]}</Badge>}
      actions={<LockButton />}
    >
      <Stack>
        <Body />
        {slots.data === null || slots.data.keys === 'none' ? null : <SlotsCard status={slots.data} />}
      </Stack>
    </Page>
  );
};
