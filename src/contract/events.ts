/** What an open home and its door tell the screens: something changed (re-read what you show), how a job is going, a menu was used. */
import type { MenuId } from './menu.ts';

export const topics = [
  'status',
  'settings',
  'users',
  'audit',
  'integrations',
  'records',
  'metrics',
  'backups',
  'secrets',
  'migration',
  'jobs',
  'home',
] as const;
export type Topic = (typeof topics)[number];

export type JobProgress = {
  id: string;
  command: string;
  /** What it does now, in words. */
  step: string;
  /** 0..100, or null while unknown. */
  percent: number | null;
  done: boolean;
};

export type HoldfastEvent =
  | { type: 'changed'; topics: Topic[] }
  | { type: 'progress'; job: JobProgress }
  /** Only in the desktop window: the native menu was used. */
  | { type: 'menu'; id: MenuId };
