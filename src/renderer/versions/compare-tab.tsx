/** Any two versions side by side, and values picked from either into now. Both sides stand in the address. */
import { ArrowLeftRight } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import { useCredential, describeHere, wantsKey } from '../backups/use-credential.ts';
import { messages } from '../messages.en.ts';
import { CredentialFields } from '../unlock/credential-fields.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { TextInput } from '../ui/field.tsx';
import { Card, Stack } from '../ui/page.tsx';
import { Select } from '../ui/select.tsx';
import { ErrorState, Loading, NoticeLine } from '../ui/states.tsx';
import { useQuery } from '../use-query.ts';
import { replaceQuery, useRoute } from '../use-route.ts';
import type { Outside } from './bring-back.ts';
import { PickList } from './pick-list.tsx';
import { isWhole } from './reference.ts';
import { ReferencePicker } from './reference-picker.tsx';
import { useDifferences } from './use-differences.tsx';
import { useSettled } from './use-settled.ts';
import css from './versions-page.module.css';

const say = messages.versions;
const { totals: totalWords } = say;
const topics = ['settings', 'integrations', 'records', 'users', 'audit'] as const;

type Side = 'a' | 'b';
type CompareProps = { a: string; b: string; prefix: string; outside: Outside };

const Totals = ({ totals }: { totals: { add: number; update: number; delete: number; same: number } }): ReactNode => (
  <div className={css['totals']} role="status">
    {totals.add === 0 ? null : <Badge tone="ok">{totalWords.add(totals.add)}</Badge>}
    {totals.update === 0 ? null : <Badge tone="accent">{totalWords.update(totals.update)}</Badge>}
    {totals.delete === 0 ? null : <Badge tone="bad">{totalWords.delete(totals.delete)}</Badge>}
    <Badge>{totalWords.same(totals.same)}</Badge>
  </div>
);

/** Silence would read as "the same". */
const NotCompared = ({ kinds }: { kinds: Output<'versions.diff'>['notCompared'] }): ReactNode =>
  kinds.length === 0 ? null : (
    <p className="small muted">
      {say.notCompared(kinds.map(({ kind, count }) => say.kindCount(say.kinds[kind] ?? kind, count)))}
    </p>
  );

/** Asks for the key of a backup only where the home's own does not open it. */
const Differences = ({ a, b, prefix, outside }: CompareProps): ReactNode => {
  const { draft, setDraft, credential } = useCredential();
  const [given, setGiven] = useState<typeof credential>({});
  const [side, setSide] = useState<Side>(a === 'now' ? 'b' : 'a');
  const opened = useMemo(() => ({ ...outside, ...given }), [outside, given]);
  const found = useQuery('versions.diff', { a, b, ...(prefix === '' ? {} : { prefix }), ...opened }, topics);
  const rows = useDifferences(found.data?.changes);
  if (found.data === null && found.error === null) return <Loading />;
  if (found.error !== null && wantsKey(found.error))
    return (
      <Card>
        <Stack>
          <NoticeLine tone="warn" alert>
            {say.needsKey} {describeHere(found.error)}
          </NoticeLine>
          <CredentialFields draft={draft} problem={null} onChange={setDraft} onEnter={() => setGiven(credential)} />
          <div>
            <Button variant="primary" onClick={() => setGiven(credential)}>
              {messages.ui.tryAgain}
            </Button>
          </div>
        </Stack>
      </Card>
    );
  if (found.error !== null) return <ErrorState error={found.error} onRetry={() => void found.reload()} />;
  if (found.data === null || rows.length === 0)
    return (
      <>
        <p role="status">{say.compared(0)}</p>
        <NotCompared kinds={found.data?.notCompared ?? []} />
      </>
    );
  const bothElsewhere = a !== 'now' && b !== 'now';
  const ref = side === 'a' ? a : b;
  return (
    <>
      <div className={css['tools']}>
        <Totals totals={found.data.totals} />
        {bothElsewhere ? (
          <Select<Side>
            label={say.takeFrom}
            value={side}
            options={[
              { value: 'a', label: `${say.takeFrom}: ${say.side.a}` },
              { value: 'b', label: `${say.takeFrom}: ${say.side.b}` },
            ]}
            onChange={setSide}
          />
        ) : null}
      </div>
      <NotCompared kinds={found.data.notCompared} />
      <PickList key={ref} label={say.differences} rows={rows} from={ref === 'now' ? null : { ref, outside: opened }} />
    </>
  );
};

export const CompareTab = (): ReactNode => {
  const { query } = useRoute();
  const a = query['a'] ?? 'files';
  const b = query['b'] ?? 'now';
  const [outside, setOutside] = useState<{ ref: string; file: string } | null>(null);
  const [prefix, setPrefix] = useState('');
  const settled = useSettled(prefix.trim(), 250);
  const file = useMemo(
    (): Outside => (outside !== null && (outside.ref === a || outside.ref === b) ? { file: outside.file } : {}),
    [outside, a, b],
  );
  const picker = (side: Side, ref: string): ReactNode => (
    <ReferencePicker
      side={say.side[side]}
      refText={ref}
      onChange={(next) => replaceQuery({ [side]: next === '' ? 'time' : next })}
      onFile={(next, handle) => {
        setOutside({ ref: next, file: handle });
        replaceQuery({ [side]: next });
      }}
    />
  );
  return (
    <Stack>
      <Card>
        <div className={css['refs']}>
          {picker('a', a === 'time' ? '' : a)}
          {picker('b', b === 'time' ? '' : b)}
          <div className={css['tools']}>
            <Button icon={ArrowLeftRight} onClick={() => replaceQuery({ a: b, b: a })}>
              {say.swap}
            </Button>
            <TextInput
              className={css['prefix']}
              mono
              aria-label={say.prefix}
              placeholder={say.prefix}
              value={prefix}
              onChange={setPrefix}
            />
          </div>
        </div>
      </Card>
      {isWhole(a) && isWhole(b) && a !== 'time' && b !== 'time' ? (
        <Differences key={`${a} ${b}`} a={a} b={b} prefix={settled} outside={file} />
      ) : (
        <p className="muted">{say.incomplete}</p>
      )}
    </Stack>
  );
};
