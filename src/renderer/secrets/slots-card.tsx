/** The ways to open the keys: adding and taking away, the idle lock, and a new data key. */
import { useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import { useDoor } from '../client.ts';
import { messages } from '../messages.en.ts';
import { openRecovery } from '../recovery/recovery-dialog.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/page.tsx';
import { Select } from '../ui/select.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { When } from '../ui/time.tsx';
import { toastError } from '../ui/toast.tsx';
import { useQuery } from '../use-query.ts';
import css from './secrets-page.module.css';
import { KeyringDialog, PassphraseDialog, RemoveSlotDialog, RotateDialog, type Slot } from './slot-dialogs.tsx';

const say = messages.secrets;
type Status = Output<'secret.status'>;
type Open = { kind: 'passphrase' } | { kind: 'keyring' } | { kind: 'rotate' } | { kind: 'remove'; slot: Slot } | null;

const never = 'never';
const minuteChoices = ['1', '5', '15', '60', '240'];

/** One of Holdfast's own preferences, for every home. */
const IdleLock = (): ReactNode => {
  const door = useDoor();
  const preferences = useQuery('preference.get', {}, []);
  const minutes = preferences.data?.lockAfterMinutes ?? null;
  const current = minutes === null ? never : String(minutes);
  const choices = [never, ...minuteChoices, ...(minuteChoices.includes(current) || minutes === null ? [] : [current])];
  const set = async (choice: string): Promise<void> => {
    const answer = await door.call('preference.set', { lockAfterMinutes: choice === never ? null : Number(choice) });
    if (!answer.ok) toastError(answer.error);
    await preferences.reload();
  };
  return (
    <Select
      small
      label={say.idle}
      value={current}
      options={choices.map((value) => ({
        value,
        label: value === never ? say.idleNever : say.idleAfter(Number(value)),
      }))}
      onChange={(choice) => void set(choice)}
    />
  );
};

const SlotRow = ({ slot, status, onRemove }: { slot: Slot; status: Status; onRemove: () => void }): ReactNode => {
  const last = slot.kind !== 'keyring' && status.slots.filter(({ kind }) => kind !== 'keyring').length === 1;
  return (
    <li>
      <span className={css['slotName']}>{say.kinds[slot.kind]}</span>
      <span className="small muted">
        {say.since} <When at={slot.createdAt} />
      </span>
      {slot.kind === 'keyring' && status.keyring === 'opened' ? <Badge tone="ok">{say.keyringWorks}</Badge> : null}
      {slot.kind === 'recovery' && !status.recoveryConfirmed ? <Badge tone="warn">{say.unconfirmed}</Badge> : null}
      <span className={css['slotEnd']}>
        {last ? (
          <span className="small muted">{say.lastOne}</span>
        ) : (
          <Button
            small
            command="secret.remove-slot"
            aria-label={say.removeSlotLabel(say.kinds[slot.kind])}
            onClick={onRemove}
          >
            {say.remove}
          </Button>
        )}
      </span>
    </li>
  );
};

export const SlotsCard = ({ status }: { status: Status }): ReactNode => {
  const [open, setOpen] = useState<Open>(null);
  const close = (): void => setOpen(null);
  const hasKeyring = status.slots.some(({ kind }) => kind === 'keyring');
  const trouble = hasKeyring ? say.keyringTrouble[status.keyring] : null;
  return (
    <Card title={say.slots} aside={<IdleLock />}>
      {trouble === null ? null : <NoticeLine tone="warn">{trouble}</NoticeLine>}
      <ul className={css['slots']}>
        {status.slots.map((slot) => (
          <SlotRow key={slot.id} slot={slot} status={status} onRemove={() => setOpen({ kind: 'remove', slot })} />
        ))}
      </ul>
      <div className={css['slotActions']}>
        <Button small command="secret.add-slot" onClick={() => setOpen({ kind: 'passphrase' })}>
          {say.addPassphrase}
        </Button>
        <Button small command="secret.make-recovery" onClick={() => openRecovery('recovery-missing')}>
          {say.addRecovery}
        </Button>
        {hasKeyring ? null : (
          <Button small command="secret.add-slot" onClick={() => setOpen({ kind: 'keyring' })}>
            {say.addKeyring}
          </Button>
        )}
        <span className={css['slotEnd']}>
          {status.rotatedAt === null ? null : (
            <span className="small muted">
              {say.dataKeyOf} <When at={status.rotatedAt} />
            </span>
          )}
          <Button small command="secret.rotate" onClick={() => setOpen({ kind: 'rotate' })}>
            {say.rotate}
          </Button>
        </span>
      </div>
      {open?.kind === 'passphrase' ? <PassphraseDialog onClose={close} /> : null}
      {open?.kind === 'keyring' ? <KeyringDialog onClose={close} /> : null}
      {open?.kind === 'rotate' ? <RotateDialog onClose={close} /> : null}
      {open?.kind === 'remove' ? <RemoveSlotDialog slot={open.slot} onClose={close} /> : null}
    </Card>
  );
};
