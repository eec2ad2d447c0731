/** For tests: a home with given files and a definition of its own, opened as an app. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Input } from '../../../contract/commands.ts';
import type { JsonObject, JsonValue } from '../../../contract/json.ts';
import type { MigrationResult } from '../../../contract/migration.ts';
import { storedSettings } from '../../settings/queries.ts';
import { realFs } from '../../store/fs.ts';
import { openStore } from '../../store/open.ts';
import { steppingClock } from '../../testing/clock.ts';
import { openTestApp, tempHome, type TempHome, type TestApp } from '../../testing/test-app.ts';

export type OwnHome = {
  home: TempHome;
  app: () => TestApp;
  /** Null removes the file. */
  write: (file: string, text: string | null) => void;
  plan: (input?: Partial<Input<'migration.plan'>>) => Promise<MigrationResult>;
  migrate: (input?: Partial<Input<'migration.run'>>) => Promise<MigrationResult>;
  /** All live subjects of a kind; secrets as `***`. */
  stored: (kind: string) => Promise<{ [key: string]: JsonValue }>;
  credential: () => { recoveryCode: string };
  remove: () => Promise<void>;
};

/** `definition` null: the sample's own. */
const openHome = async (home: TempHome, definition: string | null): Promise<OwnHome> => {
  const clock = steppingClock();
  const put = (path: string, text: string | null): void => {
    if (text === null) return rmSync(path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  const app = await openTestApp(home, 'cli', clock);
  const chosen = definition === null ? {} : { definition };
  let recoveryCode = '';
  return {
    home,
    app: () => app,
    write: (file, text) => put(join(home.homeDir, file), text),
    plan: (input = {}) => app.get('migration.plan', { ...chosen, ...input }),
    migrate: async (input = {}) => {
      const run = await app.get('migration.run', { ...chosen, protect: { recoveryCode: true }, ...input });
      recoveryCode = run.recoveryCode ?? recoveryCode;
      return run;
    },
    stored: async (kind) => {
      const dir = join(home.homeDir, '.holdfast');
      const at = { now: clock.now, newId: clock.newId };
      const store = await openStore({ dir, mode: 'reader', create: false, fs: realFs, flush: 'sync', ...at });
      if (!store.ok) throw new Error(store.error.type);
      const rows = await store.data.read((reader) => [...storedSettings(reader, kind)]);
      await store.data.close();
      return Object.fromEntries(
        rows.map(([key, row]) => [key, row.secret ? '***' : (JSON.parse(row.value ?? 'null') as JsonValue)]),
      );
    },
    credential: () => ({ recoveryCode }),
    remove: async () => {
      await app.close();
      home.remove();
    },
  };
};

export const openOwnHome = async (definition: JsonObject, files: { [file: string]: string }): Promise<OwnHome> => {
  const home = tempHome(null);
  mkdirSync(join(home.configDir, 'definitions'), { recursive: true });
  writeFileSync(
    join(home.configDir, 'definitions', 'own.json'),
    JSON.stringify({ id: 'own', title: 'Own', version: 1, ...definition }),
  );
  const own = await openHome(home, 'own');
  for (const [file, text] of Object.entries(files)) own.write(file, text);
  return own;
};

export const openSample = (sample: string): Promise<OwnHome> => openHome(tempHome(sample), null);

/** Every item in short: `file:path` -> action, target, reason. */
export const outcomes = (plan: Pick<MigrationResult, 'items'>): { [place: string]: string } =>
  Object.fromEntries(
    plan.items.map((item) => {
      const target = item.target === null ? '' : ` ${item.target.kind} ${item.target.key}`;
      const reason = item.reason === undefined ? '' : `: ${item.reason}`;
      return [`${item.file}:${item.path}`, `${item.action}${target}${reason}`];
    }),
  );
