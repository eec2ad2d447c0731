/** `definition …` as a person or a script gets it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openCliProgram, type CliProgram, type CliRun } from '../testing/cli-program.ts';

let cli: CliProgram;
let home: string;
let nowhere: string;
beforeAll(async () => {
  cli = await openCliProgram();
  home = cli.home('generic');
  nowhere = cli.path('nowhere');
  mkdirSync(nowhere);
});
afterAll(() => {
  cli.remove();
});

const run = (...args: string[]): Promise<CliRun> => cli.run(['--home', home, ...args]);
const small = { id: 'mine', title: 'Mine', version: 1, sources: [] };
const write = (name: string, value: unknown): string => {
  writeFileSync(cli.path(name), typeof value === 'string' ? value : JSON.stringify(value, null, 2));
  return cli.path(name);
};

it('lists them in a table, the one that fits first, and without a home too', async () => {
  const here = await run('definition', 'list');
  expect(here.stdout.split('\n').slice(0, 2).join('\n')).toMatch(/^ID +APPLICATION +VERSION.*\n *generic .*2 points$/u);
  const anywhere = await cli.json(['definition', 'list'], { cwd: nowhere });
  expect(anywhere.code).toBe(0);
  expect(anywhere.document).toMatchObject({ ok: true, data: { definitions: { length: 6 } } });
});

it('shows one: its files, its settings and what it connects to', async () => {
  const shown = await run('definition', 'show', 'incident-rag');
  expect(shown.stdout).toMatch(/data\/settings\.json +json +settings/u);
  expect(shown.stdout).toMatch(/CONFIDENCE_THRESHOLD +number +Confidence needed/u);
  expect(shown.stdout).toMatch(/GRAFANA_API_KEY +string +yes/u);
  expect((await run('definition', 'show', 'nothing')).code).toBe(3);
});

it('checks a file: every problem with line and column, exit 2', async () => {
  const bad = write('bad.json', { ...small, version: 0, wizard: [{ key: 'a.b' }], sources: [{ file: '../x' }] });
  const told = await cli.run(['definition', 'check', bad], { cwd: nowhere });
  expect([told.code, told.stdout]).toEqual([2, '']);
  expect(told.stderr).toMatch(/bad\.json:4:3: version must be at least 1/u);
  expect(told.stderr).toMatch(/bad\.json:7:7: sources\/0\/file must be a path inside the home/u);
  const { document } = await cli.json(['definition', 'check', bad], { cwd: nowhere });
  expect(document).toMatchObject({
    ok: false,
    error: { type: 'FileInvalid', line: 4, problems: [{ path: 'version' }, {}, {}] },
  });
  const good = await run('definition', 'check', write('good.json', small));
  expect([good.code, good.stdout]).toEqual([0, 'good.json is sound: Mine (mine), 0 settings.\n']);
  expect((await run('definition', 'check', cli.path('gone.json'))).code).toBe(3);
});

it('infers one into a new file, never over one that is there, and saves it where it was told', async () => {
  const looked = await run('definition', 'infer');
  expect(looked.stdout).toMatch(/settings\.apiToken +string +yes +API token/u);
  expect(looked.stdout).not.toMatch(/tok-fake/u);
  const output = cli.path('inferred.json');
  expect((await run('definition', 'infer', '--output', output)).code).toBe(0);
  const again = await run('definition', 'infer', '--output', output);
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('is there already')]);
  expect((await run('definition', 'save', output, '--dry-run')).stdout).toBe('Dry run: nothing was changed.\n');
  expect(existsSync(join(home, '.holdfast'))).toBe(false);
  const saved = await cli.json(['--home', home, 'definition', 'save', output]);
  expect(saved.document).toMatchObject({ ok: true, data: { file: '.holdfast/definition.json', replaced: null } });
  expect(JSON.parse(readFileSync(join(home, '.holdfast/definition.json'), 'utf8'))).toEqual(
    JSON.parse(readFileSync(output, 'utf8')),
  );
  const refused = await run('definition', 'save', output);
  expect([refused.code, refused.stderr]).toEqual([
    8,
    expect.stringMatching(/--replace[\s\S]*already has a definition/u),
  ]);
  expect((await run('definition', 'save', output, '--replace')).code).toBe(0);
  const planned = await cli.json(['--home', home, 'migrate', '--dry-run']);
  expect(planned.document).toMatchObject({ ok: true, data: { totals: { create: 12, quarantine: 0 } } });
});
