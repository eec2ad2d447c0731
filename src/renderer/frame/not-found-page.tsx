/** For an address that names no page. */
import { MapPinOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { LinkButton } from '../ui/button.tsx';
import { Page } from '../ui/page.tsx';
import { Empty } from '../ui/states.tsx';

export const NotFoundPage = (): ReactNode => (
  <Page title={messages.frame.notFoundTitle}>
    <Empty icon={MapPinOff} text={messages.frame.notFound}>
      <LinkButton href={formatRoute('overview')}>{messages.frame.toOverview}</LinkButton>
    </Empty>
  </Page>
);
