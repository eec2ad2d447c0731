/** The home's status for everything inside the frame: read once, read again on every change. */
import { createContext, useContext } from 'react';
import type { Status } from '../contract/home.ts';
import type { Topic } from '../contract/events.ts';

export const everyTopic: readonly Topic[] = [
  'status',
  'settings',
  'users',
  'audit',
  'integrations',
  'records',
  'backups',
  'secrets',
  'migration',
  'home',
];

export type HomeStatus = { status: Status; title: string; reload: () => Promise<void> };

const StatusContext = createContext<HomeStatus | null>(null);
export const StatusProvider = StatusContext.Provider;

export const useStatus = (): HomeStatus => {
  const value = useContext(StatusContext);
  if (value === null) throw new Error('useStatus outside StatusProvider');
  return value;
};

export const isNotSetUp = (status: Status): boolean =>
  status.state === 'NO_DATABASE' || status.state === 'EMPTY_DATABASE';

/** The definition for any folder has a title that names no application. */
export const genericDefinition = 'generic';

/** What a person calls this home: the application's name, else the folder's. */
export const homeTitle = (path: string, known: string | null): string => {
  if (known !== null && known !== '') return known;
  return (
    path
      .split(/[\\/]/u)
      .filter((part) => part !== '')
      .at(-1) ?? path
  );
};

/** The end of a long path, which tells homes apart; the whole one belongs in a tooltip. */
export const shortPath = (path: string, limit = 26): string => {
  if (path.length <= limit) return path;
  const parts = path.split('/').filter((part) => part !== '');
  const two = `…/${parts.slice(-2).join('/')}`;
  return two.length <= limit ? two : `…/${parts.at(-1) ?? ''}`;
};
