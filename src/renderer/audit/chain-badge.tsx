/** Whether the log is as it was written, in the head of the page. */
import { ShieldAlert, ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import { messages } from '../messages.en.ts';
import { Badge } from '../ui/badge.tsx';
import { NoticeLine } from '../ui/states.tsx';
import css from './audit-page.module.css';

const say = messages.audit;
type Chain = Output<'audit.verify'>;

export const ChainBadge = ({ chain }: { chain: Chain | null }): ReactNode => {
  if (chain === null) return <Badge>{say.checking}</Badge>;
  if (!chain.ok) {
    return (
      <Badge tone="bad" icon={ShieldAlert}>
        {say.broken(chain.firstBad?.id ?? 0)}
      </Badge>
    );
  }
  const words = !chain.sealsChecked
    ? say.sealsUnchecked(chain.entries)
    : chain.unsealed > 0
      ? say.verifiedUnsealed(chain.unsealed)
      : say.verified(chain.sealedUpTo);
  return (
    <Badge tone="ok" icon={ShieldCheck}>
      {words}
    </Badge>
  );
};

export const ChainProblem = ({ chain }: { chain: Chain | null }): ReactNode =>
  chain?.firstBad == null ? null : (
    <div className={css['problem']}>
      <NoticeLine tone="bad" alert>
        {say.brokenText(chain.firstBad.id, chain.firstBad.problem)}
      </NoticeLine>
    </div>
  );
