/** `audit retention` and `audit prune` as text and as JSON. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openCliProgram, type CliProgram } from '../testing/cli-program.ts';

let cli: CliProgram;
let home: string;
beforeAll(async () => {
  cli = await openCliProgram();
  writeFileSync(cli.path('pass'), 'correct horse\n', { mode: 0o600 });
  home = cli.home();
  await run('--passphrase-file', cli.path('pass'), '--yes', 'migrate');
});
afterAll(() => {
  cli.remove();
});

const run = (...args: string[]) => cli.run(['--home', home, ...args]);

it('keeps everything until a limit is chosen, and shows what would go (O65)', async () => {
  expect((await run('audit', 'retention')).stdout).toMatch(/Versions +all\n.*Log +all of it\n.*nothing yet/su);
  const refused = await run('audit', 'prune');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('holdfast audit retention --keep-days 365');
  const dry = await run('--dry-run', 'audit', 'retention', '--keep-versions', '5');
  expect(dry.stdout).toContain('Dry run: nothing was written.');
  expect((await run('audit', 'retention', '--keep-versions', '0')).stderr).toContain('--keep-versions');
  const set = await run('audit', 'retention', '--keep-versions', '5', '--keep-days', '30');
  expect(set.stdout).toMatch(/the newest 5 of each value.*30 days/su);
  expect((await cli.json(['--home', home, 'audit', 'retention'])).document).toMatchObject({
    ok: true,
    data: { limits: { keepVersions: 5, keepDays: 30 }, chosen: true, daily: false, last: null },
  });
  expect((await run('--dry-run', 'audit', 'prune')).stdout).toBe(
    'Nothing lies beyond the limits.\nDry run: nothing was removed.\n',
  );
  expect((await run('audit', 'retention', '--keep-versions', 'all', '--keep-days', 'all')).stdout).toContain(
    'Everything is kept.',
  );
});
