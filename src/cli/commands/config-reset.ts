/** `config reset`: one setting, a group or everything back to the defaults, shown before it is done; `--setup` asks the wizard's questions again. */
import { fail } from '../../contract/result.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import { withReason } from '../critical.ts';
import { formatCount, printable } from '../format.ts';
import type { Session } from '../session.ts';
import { changeText } from './changes.ts';

export type ResetOptions = { all?: boolean; setup?: boolean };

const resetSetup = async (session: Session): Promise<Outcome> => {
  const result = await session.call('setup.reset', {
    ...session.reason(),
    ...(session.dryRun ? { dryRun: true } : {}),
  });
  if (!result.ok) return trouble(result);
  const { dryRun, questions, state } = result.data;
  const text = dryRun
    ? `Dry run: ${formatCount(questions, 'question')} of the set-up would be open again; nothing was written.`
    : `The home is ${state}: ${formatCount(questions, 'question')} of the set-up open again. Every value is as it was. Answer them with: holdfast setup`;
  return answer(result.data, [text]);
};

export const resetSettings = async (
  session: Session,
  prefix: string | undefined,
  { all = false, setup = false }: ResetOptions,
): Promise<Outcome> => {
  const given = [prefix !== undefined, all, setup].filter(Boolean).length;
  if (given !== 1)
    return trouble(fail({ type: 'Usage', message: 'Say what to reset, one of: PREFIX, --all or --setup.' }));
  if (setup) return resetSetup(session);
  const input = { ...(prefix === undefined ? {} : { prefix }), ...session.reason() };
  const preview = await session.call('settings.reset', { ...input, dryRun: true });
  if (!preview.ok || session.dryRun)
    return preview.ok ? answer(preview.data, changeText(preview.data, 'Reset', session)) : trouble(preview);
  if (preview.data.changes.length === 0)
    return answer(preview.data, [
      `${prefix === undefined ? 'Everything' : printable(prefix)} is at its default already.`,
    ]);
  if (all) {
    const keys = preview.data.changes.map(({ key }) => printable(key)).join(', ');
    const agreed = await session.confirm(`Reset ${formatCount(preview.data.changes.length, 'setting')} (${keys})?`);
    if (!agreed.ok) return trouble(agreed);
  }
  const result = await withReason(session, (reason) => session.call('settings.reset', { ...input, ...reason }));
  return result.ok ? answer(result.data, changeText(result.data, 'Reset', session)) : trouble(result);
};
