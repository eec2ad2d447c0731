/** The versions that have a name: to look at, compare, go back to; pinned ones first. */
import { Pin, Tag } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import { useDoor } from '../client.ts';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { Badge } from '../ui/badge.tsx';
import { Button, LinkButton } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { Card, Stack } from '../ui/page.tsx';
import { Empty, ErrorState, Loading } from '../ui/states.tsx';
import { toast, toastError } from '../ui/toast.tsx';
import { When } from '../ui/time.tsx';
import { useQuery } from '../use-query.ts';
import { goTo } from '../use-route.ts';
import type { Ask } from './bring-back.ts';
import { BringBackDialog } from './bring-back-dialog.tsx';
import { NameDialog } from './name-dialog.tsx';
import css from './versions-page.module.css';

const say = messages.versions;

type Named = Output<'versions.list'>['named'][number];

const Row = ({ one, onBack }: { one: Named; onBack: () => void }): ReactNode => {
  const door = useDoor();
  const { name, note, pinned, version } = one;
  const ref = `cs:${version.changeSet}`;
  const repin = async (): Promise<void> => {
    const answer = await door.call('versions.name', {
      name,
      changeSet: version.changeSet,
      pinned: !pinned,
      ...(note === null ? {} : { note }),
    });
    if (!answer.ok) toastError(answer.error);
  };
  const remove = async (): Promise<void> => {
    const answer = await door.call('versions.unname', { name });
    if (answer.ok) toast({ title: say.nameRemoved(name) });
    else toastError(answer.error);
  };
  return (
    <li className={css['named']}>
      <div className={css['name']}>
        <strong>{name}</strong> {pinned ? <Badge icon={Pin}>{say.pinned}</Badge> : null}
        {note === null ? null : <p className="muted">{note}</p>}
        <p className="small muted">
          <When at={version.at} />{' '}
          {say.of(version.actor, messages.audit.sources[version.source] ?? version.source, version.changes)}
        </p>
      </div>
      <div className={css['actions']}>
        <LinkButton small href={formatRoute('versions', { at: String(version.number) })}>
          {say.show}
        </LinkButton>
        <Button small command="versions.revert" onClick={onBack}>
          {say.goBack}
        </Button>
        <Menu
          entries={[
            {
              id: 'compare',
              label: say.compareNow,
              onSelect: () => goTo('versions', { tab: 'compare', a: ref, b: 'now' }),
            },
            { id: 'pin', label: pinned ? say.unpin : say.pin, command: 'versions.name', onSelect: () => void repin() },
            { id: 'remove', label: say.removeName, command: 'versions.unname', onSelect: () => void remove() },
          ]}
          trigger={
            <Button small variant="quiet" aria-label={say.actionsOf(name)}>
              …
            </Button>
          }
        />
      </div>
    </li>
  );
};

export const NamedTab = (): ReactNode => {
  const list = useQuery('versions.list', { limit: 1 }, ['audit']);
  const [ask, setAsk] = useState<Ask | null>(null);
  const [naming, setNaming] = useState(false);
  if (list.data === null)
    return list.error === null ? <Loading /> : <ErrorState error={list.error} onRetry={() => void list.reload()} />;
  const { named, versions } = list.data;
  const nameNow =
    versions.length === 0 ? null : (
      <Button command="versions.name" onClick={() => setNaming(true)}>
        {say.nameNow}
      </Button>
    );
  return (
    <Stack>
      {named.length === 0 ? (
        <Empty icon={Tag} title={say.noNamesTitle} text={say.noNames}>
          {nameNow}
        </Empty>
      ) : (
        <>
          <div>{nameNow}</div>
          <Card flush>
            <ul aria-label={say.tabs.names}>
              {named.map((one) => (
                <Row
                  key={one.name}
                  one={one}
                  onBack={() => setAsk({ kind: 'to', ref: `cs:${one.version.changeSet}` })}
                />
              ))}
            </ul>
          </Card>
        </>
      )}
      {ask === null ? null : <BringBackDialog ask={ask} onClose={() => setAsk(null)} />}
      {naming ? <NameDialog moment={null} onClose={() => setNaming(false)} /> : null}
    </Stack>
  );
};
