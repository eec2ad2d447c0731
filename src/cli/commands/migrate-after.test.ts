/** The ways after a migration as a person or a script gets them: runs, proof, rollback, retire, leaving. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openCliProgram, type CliProgram, type CliRun } from '../testing/cli-program.ts';

let cli: CliProgram;
let home: string;
beforeAll(async () => {
  cli = await openCliProgram();
  home = cli.home('opsbrain');
  const migrated = await run('--recovery-code-out', cli.path('code'), 'migrate');
  if (migrated.code !== 0) throw new Error(migrated.stderr);
});
afterAll(() => {
  cli.remove();
});

const run = (...args: string[]): Promise<CliRun> => cli.run(['--home', home, ...args]);
const unlocked = (...args: string[]): Promise<CliRun> => run('--recovery-code-file', cli.path('code'), ...args);
const file = (name: string): string => readFileSync(join(home, name), 'utf8');

it('lists the run and proves every file, or says what it cannot prove while locked', async () => {
  const runs = await run('migrate', 'runs');
  expect([runs.code, runs.stdout]).toEqual([0, expect.stringContaining('verified')]);
  const locked = await run('migrate', 'proof');
  expect(locked.stdout).toContain('not provable while locked');
  const proof = await unlocked('migrate', 'proof');
  expect([proof.code, proof.stderr]).toEqual([0, '']);
  expect(proof.stdout).toMatch(/(\d) of \1 files would come out byte for byte as they are/u);
});

it('names a changed file, wants a yes, and brings it back', async () => {
  const before = file('business_goals.json');
  writeFileSync(join(home, 'business_goals.json'), '{}');
  const plan = await unlocked('--dry-run', 'migrate', 'rollback');
  expect(plan.stdout).toContain('These were changed outside and would be overwritten: business_goals.json');
  const asked = await unlocked('migrate', 'rollback');
  expect([asked.code, file('business_goals.json')]).toEqual([1, '{}']);
  const done = await unlocked('--yes', 'migrate', 'rollback');
  expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('1 file written from')]);
  expect(file('business_goals.json')).toBe(before);
});

it('refuses to retire early with the names of what is missing, and retires by force with a reason', async () => {
  const early = await cli.json([
    '--home',
    home,
    '--yes',
    '--recovery-code-file',
    cli.path('code'),
    'migrate',
    'retire',
  ]);
  expect([early.code, early.document]).toMatchObject([8, { error: { type: 'CheckUnmet' } }]);
  const silent = await unlocked('--yes', 'migrate', 'retire', '--force');
  expect([silent.code, existsSync(join(home, '.env'))]).toEqual([2, true]);
  const done = await unlocked('--yes', '--reason', 'a copy elsewhere', 'migrate', 'retire', '--force');
  expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('.env -> deprecated/.env.age (encrypted)')]);
  expect([existsSync(join(home, '.env')), existsSync(join(home, 'deprecated/business_goals.json'))]).toEqual([
    false,
    true,
  ]);
  expect((await run('status')).stdout).not.toContain('in clear');
});

it('does not leave with a backup that is older than the newest value', async () => {
  const saved = cli.path('saved.age');
  expect((await unlocked('backup', 'create', '--output', saved)).code).toBe(0);
  expect((await unlocked('config', 'set', 'openai_model', 'gpt-5')).code).toBe(0);
  const old = await unlocked('--yes', 'home', 'leave', '--saved', saved);
  expect([old.code, old.stderr]).toEqual([
    2,
    expect.stringContaining('something was changed since saved.age was made'),
  ]);
  expect(existsSync(join(home, '.holdfast'))).toBe(true);
});

it('leaves the home: the files come back, the last backup lies outside, .holdfast is gone', async () => {
  const nowhere = await unlocked('--yes', 'home', 'leave');
  expect(nowhere.code).toBe(2);
  const plan = await unlocked('--dry-run', 'home', 'leave');
  expect(plan.stdout).toContain('Would be removed: .holdfast/');
  const done = await unlocked('--yes', 'home', 'leave', '--output', cli.path('last.age'));
  expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('Holdfast has left this home')]);
  expect(existsSync(join(home, '.holdfast'))).toBe(false);
  expect(existsSync(cli.path('last.age'))).toBe(true);
  expect(file('.env')).toBe(readFileSync(join(cli.home('opsbrain'), '.env'), 'utf8'));
  expect(file('business_goals.json')).toContain('"sales_1"');
});
