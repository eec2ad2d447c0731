/** The integrations: what is connected, with which fields. To look at; secrets are words. */
import { Plug } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Integration } from '../../contract/integrations.ts';
import { formatValue } from '../format.ts';
import { messages } from '../messages.en.ts';
import { Badge } from '../ui/badge.tsx';
import { Card, Page, Stack } from '../ui/page.tsx';
import { Empty, ErrorState, Loading } from '../ui/states.tsx';
import { When } from '../ui/time.tsx';
import { useQuery } from '../use-query.ts';
import css from './integrations-page.module.css';

const say = messages.integrations;
type IntegrationField = Integration['fields'][number];

const fieldValue = (field: IntegrationField): ReactNode => {
  if (field.secret) return <span className="muted">{field.set ? say.secretSet : say.secretNotSet}</span>;
  if (!field.set) return <span className="muted">{say.notSet}</span>;
  return <span className="mono">{typeof field.value === 'string' ? field.value : formatValue(field.value, 400)}</span>;
};

const LastTest = ({ test }: { test: Integration['lastTest'] }): ReactNode => {
  if (test === null) return <span className="small muted">{say.neverTested}</span>;
  return (
    <span className="small muted">
      {say.lastTest} <When at={test.at} />, {test.ok ? say.testOk : say.testFailed(test.error ?? '')}
    </span>
  );
};

const OneIntegration = ({ one }: { one: Integration }): ReactNode => (
  <Card flush>
    <div className={css['head']} data-enabled={one.enabled ? '' : undefined}>
      <span className={css['icon']}>
        <Plug aria-hidden />
      </span>
      <h2>{one.name}</h2>
      {one.type.toLowerCase() === one.name.toLowerCase() ? null : <span className="muted">{one.type}</span>}
      <Badge tone={one.enabled ? 'ok' : 'neutral'}>{one.enabled ? say.enabled : say.disabled}</Badge>
      <span className={css['test']}>
        <LastTest test={one.lastTest} />
      </span>
    </div>
    {one.fields.length === 0 ? (
      <p className={css['none']}>{say.noFields}</p>
    ) : (
      <table className={css['fields']} aria-label={say.fieldsOf(one.name)}>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">{say.field}</th>
            <th scope="col">{say.value}</th>
            <th scope="col">{say.from}</th>
          </tr>
        </thead>
        <tbody>
          {one.fields.map((field) => (
            <tr key={field.key}>
              <th scope="row">{field.title}</th>
              <td>{fieldValue(field)}</td>
              <td className="mono muted">
                {field.file === undefined
                  ? ''
                  : field.line === undefined
                    ? field.file
                    : `${field.file}:${String(field.line)}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
  </Card>
);

export const IntegrationsPage = (): ReactNode => {
  const list = useQuery('integration.list', {}, ['integrations', 'migration']);
  const all = list.data?.integrations ?? [];
  const body = (): ReactNode => {
    if (list.data === null)
      return list.error === null ? <Loading /> : <ErrorState error={list.error} onRetry={() => void list.reload()} />;
    if (all.length === 0) return <Empty icon={Plug} title={say.emptyTitle} text={say.empty} />;
    return (
      <Stack>
        {all.map((one) => (
          <OneIntegration key={one.id} one={one} />
        ))}
        <p className="small muted">{say.readOnly}</p>
      </Stack>
    );
  };
  return (
    <Page
      title={say.title}
      command="holdfast integration list"
      {...(all.length === 0 ? {} : { subtitle: say.subtitle(all.length, all.filter((one) => one.enabled).length) })}
    >
      {body()}
    </Page>
  );
};
