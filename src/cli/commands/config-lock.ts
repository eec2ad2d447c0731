/** `config lock`, `config unlock`, and `config show --runtime`: what is held still. */
import { fail } from '../../contract/result.ts';
import { formatCount, formatTime, formatValue, printable, table } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';
import { parseWhole } from './run.ts';

export const lockSetting = async (session: Session, key: string): Promise<Outcome> => {
  const { reason } = session.reason();
  if (reason === undefined)
    return trouble(
      fail({ type: 'Usage', message: 'Say why it is locked: --reason TEXT. Everybody who tries is told.' }),
    );
  const result = await session.call('settings.lock', { key, reason, ...(session.dryRun ? { dryRun: true } : {}) });
  if (!result.ok) return trouble(result);
  return answer(result.data, [
    `${printable(key)} ${session.dryRun ? 'would be locked' : 'is locked'}: ${printable(reason)}`,
  ]);
};

export const unlockSetting = async (session: Session, key: string): Promise<Outcome> => {
  const result = await session.call('settings.unlock', {
    key,
    ...session.reason(),
    ...(session.dryRun ? { dryRun: true } : {}),
  });
  if (!result.ok) return trouble(result);
  return answer(result.data, [`${printable(key)} can ${session.dryRun ? 'then ' : ''}be changed again.`]);
};

export type RuntimeOptions = { maxAge?: string; reload?: boolean };

/** The values as the process that owns the home loaded them; without one they are loaded now. */
export const showRuntime = async (
  session: Session,
  prefix: string | undefined,
  { maxAge, reload = false }: RuntimeOptions,
): Promise<Outcome> => {
  const age = maxAge === undefined ? null : parseWhole(maxAge, '--max-age', 0, 86_400);
  if (age?.ok === false) return trouble(age);
  const loaded = reload ? await session.call('settings.reload', {}) : null;
  if (loaded?.ok === false) return trouble(loaded);
  const result = await session.call('settings.runtime', {
    ...(prefix === undefined ? {} : { prefix }),
    ...(age === null ? {} : { maxAgeSeconds: age.data }),
  });
  if (!result.ok) return trouble(result);
  const { settings, staleKeys, loadedAt } = result.data;
  const stale = new Set(staleKeys);
  const rows = settings.map((one) => [
    stale.has(one.key) ? '!' : '',
    printable(one.key),
    formatValue(one.value, one.secret, one.set),
    one.source,
  ]);
  const columns = [
    { title: '' },
    { title: 'KEY', narrow: 'key' as const },
    { title: 'VALUE', narrow: 'cut' as const },
    { title: 'SOURCE' },
  ];
  return answer(result.data, [
    ...table(columns, rows, session.width, session.io.strong),
    '',
    `${formatCount(settings.length, 'setting')}, loaded ${formatTime(loadedAt)}; ${String(stale.size)} changed since (!)`,
  ]);
};
