/** For tests only: a sample home, migrated with its own definition. */
import type { Output } from '../../contract/commands.ts';
import { steppingClock } from './clock.ts';
import { openTestApp, passphrase, tempHome, type TempHome, type TestApp } from './test-app.ts';

export type MigratedHome = {
  home: TempHome;
  /** Another one after `reopen`. */
  app: () => TestApp;
  run: Output<'migration.run'>;
  valueOf: (key: string) => Promise<unknown>;
  reveal: (key: string) => Promise<unknown>;
  /** Closed and opened again, four days after the migration, then a day later each time. */
  reopen: () => Promise<TestApp>;
  end: () => Promise<void>;
};

/** `change` may touch the files before Holdfast sees them. */
export const migratedHome = async (
  sample: string,
  change: (homeDir: string) => void = () => undefined,
): Promise<MigratedHome> => {
  const home = tempHome(sample);
  change(home.homeDir);
  let app = await openTestApp(home);
  let day = 5;
  const run = await app.get('migration.run', { protect: { passphrase }, reason: 'first migration' });
  return {
    home,
    app: () => app,
    run,
    valueOf: async (key) => (await app.get('settings.get', { key })).value,
    reveal: async (key) => (await app.get('settings.reveal', { key }, { passphrase })).value,
    reopen: async () => {
      await app.close();
      app = await openTestApp(home, 'cli', steppingClock(`2026-03-0${String(day++)}T09:00:00.000Z`));
      return app;
    },
    end: async () => {
      await app.close();
      home.remove();
    },
  };
};
