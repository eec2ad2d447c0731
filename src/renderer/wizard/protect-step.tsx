/** Page 3: where the key lives. A passphrase stays in memory until Apply and is never part of the draft. */
import type { ReactNode } from 'react';
import { messages } from '../messages.en.ts';
import { useStatus } from '../status.ts';
import { Button } from '../ui/button.tsx';
import { Checkbox } from '../ui/field.tsx';
import { Card } from '../ui/page.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { NewPassphraseField } from '../unlock/new-passphrase-field.tsx';
import { strengthOf } from './passphrase.ts';
import { Step } from './step.tsx';
import css from './wizard-screen.module.css';
import { protectProblem, useWizard } from './wizard-store.ts';

const say = messages.wizard.protect;

export const ProtectStep = ({ onBack, onNext }: { onBack: () => void; onNext: () => void }): ReactNode => {
  const { status } = useStatus();
  const state = useWizard();
  const hasKeys = status.keys !== 'none';
  const problem = protectProblem(state, hasKeys);
  const next = (
    <Button variant="primary" busy={problem !== 'none'} onClick={onNext}>
      {say.next}
    </Button>
  );
  if (hasKeys) {
    return (
      <Step narrow title={say.title} onBack={onBack} action={next}>
        <NoticeLine tone="ok">
          <strong>{say.hasKeys}</strong>
          <div>{say.hasKeysText}</div>
        </NoticeLine>
      </Step>
    );
  }
  const strength = strengthOf(state.passphrase);
  return (
    <Step narrow title={say.title} subtitle={say.subtitle} onBack={onBack} action={next}>
      <Card>
        <Checkbox
          checked={state.recoveryCode}
          label={say.recovery}
          hint={say.recoveryHint}
          onChange={(recoveryCode) => useWizard.setState({ recoveryCode })}
        />
      </Card>
      <Card>
        <div className={css['fields']}>
          <NewPassphraseField
            label={say.passphrase}
            hint={strength === 'none' ? say.passphraseHint : say.strengths[strength]}
            value={state.passphrase}
            onChange={(passphrase) =>
              useWizard.setState(passphrase === '' ? { passphrase, repeat: '' } : { passphrase })
            }
          />
          {state.passphrase === '' ? null : (
            <NewPassphraseField
              label={say.repeat}
              problem={problem === 'differ' && state.repeat !== '' ? say.differ : null}
              value={state.repeat}
              onChange={(repeat) => useWizard.setState({ repeat })}
            />
          )}
        </div>
      </Card>
      {!state.recoveryCode && state.passphrase !== '' ? <NoticeLine tone="warn">{say.noCode}</NoticeLine> : null}
      {problem === 'nothing' ? (
        <NoticeLine tone="warn" alert>
          {say.atLeastOne}
        </NoticeLine>
      ) : (
        <p className="small muted">{say.never}</p>
      )}
    </Step>
  );
};
