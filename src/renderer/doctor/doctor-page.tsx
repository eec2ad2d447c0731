/** The doctor: what it looked at, what it found, what to do. */
import { CircleAlert, CircleCheck, RefreshCw, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { messages } from '../messages.en.ts';
import { Badge, type Tone } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy.tsx';
import { Card, Page } from '../ui/page.tsx';
import { ErrorState, Loading } from '../ui/states.tsx';
import { useQuery } from '../use-query.ts';
import css from './doctor-page.module.css';

const say = messages.doctor;
const looks = {
  ok: { icon: CircleCheck, tone: 'ok' as Tone },
  warning: { icon: TriangleAlert, tone: 'warn' as Tone },
  error: { icon: CircleAlert, tone: 'bad' as Tone },
};

export const DoctorPage = (): ReactNode => {
  const doctor = useQuery('doctor.run', {}, ['status', 'secrets', 'backups', 'migration', 'home']);
  return (
    <Page
      title={say.title}
      command="holdfast doctor"
      subtitle={say.subtitle}
      actions={
        <Button icon={RefreshCw} onClick={() => void doctor.reload()}>
          {say.again}
        </Button>
      }
    >
      {doctor.data === null ? (
        doctor.error === null ? (
          <Loading />
        ) : (
          <ErrorState error={doctor.error} onRetry={() => void doctor.reload()} />
        )
      ) : (
        <Card flush>
          <ul aria-label={say.title}>
            {doctor.data.checks.map((check) => {
              const { icon: Icon, tone } = looks[check.severity];
              return (
                <li key={check.id} className={css['check']} data-tone={tone}>
                  <Icon aria-hidden />
                  <div className={css['text']}>
                    <div className={css['title']}>
                      <h2>{check.title}</h2>
                      <Badge tone={tone}>{say.severities[check.severity]}</Badge>
                    </div>
                    <p className="muted">{check.message}</p>
                    {check.fix === null ? null : (
                      <p className={css['fix']}>
                        <span className="small muted">{say.fix}</span>
                        <code>{check.fix}</code>
                        <CopyButton text={check.fix} label={messages.ui.copyCommand} small iconOnly />
                      </p>
                    )}
                  </div>
                </li>
              );
            })}
          </ul>
        </Card>
      )}
    </Page>
  );
};
