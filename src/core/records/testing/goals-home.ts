/** For tests only: an empty home whose own definition declares two collections, set up with a store and keys. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../clock.ts';
import { openTestApp, tempHome, type TempHome, type TestApp } from '../../testing/test-app.ts';

const goals = {
  title: 'Business goals',
  schema: {
    type: 'object',
    required: ['title'],
    properties: {
      title: { type: 'string', minLength: 1 },
      status: { type: 'string', enum: ['not_started', 'in_progress', 'done'] },
      priority: { type: 'integer', minimum: 1, maximum: 5 },
      weekly_actions: { type: 'array', items: { type: 'string' } },
      success_metrics: { type: 'object' },
      login: { type: 'object', properties: { password: { type: 'string', 'x-secret': true } } },
    },
  },
  columns: ['title', 'status', 'priority'],
};

const definition = {
  id: 'goal-keeper',
  title: 'Goal keeper',
  version: 1,
  recognise: [{ file: 'app.json', score: 50 }],
  sources: [{ file: 'app.json', format: 'json', to: { kind: 'settings', prefix: '' } }],
  collections: {
    business_goals: goals,
    thread_contexts: { title: 'Threads', schema: { type: 'object' }, expiresAfterDays: 7 },
  },
};

export type GoalsHome = { home: TempHome; recoveryCode: string };

/** The home's folder and its key; `app` is open on it. */
export const openGoalsHome = async (clock?: Clock): Promise<GoalsHome & { app: TestApp }> => {
  const home = tempHome(null);
  mkdirSync(join(home.configDir, 'definitions'), { recursive: true });
  writeFileSync(join(home.configDir, 'definitions', 'goal-keeper.json'), JSON.stringify(definition));
  writeFileSync(join(home.homeDir, 'app.json'), '{"theme":"dark"}');
  const app = await openTestApp(home, 'cli', ...(clock === undefined ? [] : [clock]));
  const run = await app.get('migration.run', { protect: { recoveryCode: true } });
  return { home, app, recoveryCode: run.recoveryCode ?? '' };
};
