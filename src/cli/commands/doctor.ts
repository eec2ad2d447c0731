/** `doctor`: checks with what they saw and what to do. It looks and never touches. */
import { paragraph, printable } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';
import type { AddCommands } from './run.ts';

const words = { ok: 'ok     ', warning: 'WARNING', error: 'ERROR  ' } as const;

const doctor = async (session: Session): Promise<Outcome> => {
  const result = await session.call('doctor.run', {});
  if (!result.ok) return trouble(result);
  const { checks } = result.data;
  const titleWidth = Math.max(0, ...checks.map((check) => check.title.length));
  const indent = ' '.repeat(7 + 2 + titleWidth + 2);
  const lines = checks.flatMap((check) => {
    const mark = check.severity === 'ok' ? session.io.faint(words.ok) : session.io.strong(words[check.severity]);
    const told = paragraph(printable(check.message), Math.max(40, session.width - indent.length));
    return [
      ...told.map((line, i) => (i === 0 ? `${mark}  ${check.title.padEnd(titleWidth)}  ${line}` : indent + line)),
      ...(check.fix === null ? [] : [`${indent}-> ${printable(check.fix)}`]),
    ];
  });
  const bad = checks.filter((check) => check.severity !== 'ok').length;
  return answer(result.data, [
    ...lines,
    '',
    bad === 0
      ? `All ${String(checks.length)} checks are fine.`
      : `${String(bad)} of ${String(checks.length)} checks ${bad === 1 ? 'wants' : 'want'} attention.`,
  ]);
};

export const addDoctor: AddCommands = (program, run) => {
  program
    .command('doctor')
    .description('check store, keys, backups, drift and permissions')
    .action(() => run(doctor));
};
