import { expect, test } from 'vitest';
import { waitingForRestart } from './restart-banner.tsx';
import { setting } from './testing/setting.ts';

const at = (key: string, value: string, current = true) => ({
  key,
  value,
  secret: false,
  source: 'set',
  changedAt: '2026-01-01T00:00:00.000Z',
  changedBy: 'maria',
  current,
});

test('settings that are read at the start wait for a restart until they are as they were', () => {
  const level = setting({
    key: 'log.level',
    value: 'DEBUG',
    default: 'INFO',
    hasDefault: true,
    restart: true,
    version: 4,
  });
  const port = setting({ key: 'port', value: 8081, default: 8080, hasDefault: true, restart: true, version: 5 });
  const theme = setting({ key: 'theme', value: 'dark', version: 6 });
  const keys = (settings: (typeof level)[], then: ReturnType<typeof at>[]): string[] =>
    waitingForRestart(settings, then).map(({ key }) => key);
  expect(keys([level, port, theme], [at('log.level', 'INFO', false)])).toEqual(['log.level', 'port']);
  // Put back, by a value or by removing it.
  expect(
    keys(
      [
        { ...level, value: 'INFO' },
        { ...port, value: 8080, version: null },
      ],
      [at('log.level', 'INFO')],
    ),
  ).toEqual([]);
});

test('an own value of who acts waits for nothing; the home’s own below it does', () => {
  const level = setting({ key: 'log.level', value: 'DEBUG', source: 'override', restart: true, version: 4 });
  const system = (value: string) => ({ ...level, system: { value, source: 'set' as const } });
  expect(waitingForRestart([system('INFO')], [at('log.level', 'INFO')])).toEqual([]);
  expect(waitingForRestart([system('WARN')], [at('log.level', 'INFO', false)])).toHaveLength(1);
});

test('a secret waits when it is another one', () => {
  const token = setting({ key: 'TOKEN', secret: true, set: true, restart: true, kind: 'secret', version: 9 });
  const then = { ...at('TOKEN', ''), value: null, secret: true, set: true };
  expect(waitingForRestart([token], [{ ...then, current: false }]).length).toBe(1);
  expect(waitingForRestart([token], [then])).toEqual([]);
  expect(waitingForRestart([token], []).length).toBe(1);
});
