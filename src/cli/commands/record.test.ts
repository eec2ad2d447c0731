/** `record …` and `metric …` as a person or a script gets them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openCliProgram, type CliProgram, type CliRun } from '../testing/cli-program.ts';

let cli: CliProgram;
let home: string;
const put = ['record', 'put', 'thread_contexts'];
beforeAll(async () => {
  cli = await openCliProgram();
  home = cli.home('generic');
  mkdirSync(join(cli.path('config'), 'definitions'), { recursive: true });
  const definition = {
    id: 'threads',
    title: 'Threads',
    version: 1,
    recognise: [{ file: 'settings.json', score: 500 }],
    sources: [{ file: 'settings.json', format: 'json', to: { kind: 'settings', prefix: '' } }],
    collections: {
      thread_contexts: {
        title: 'Thread contexts',
        schema: {
          type: 'object',
          required: ['channel_id'],
          properties: { channel_id: { type: 'string' }, messages: { type: 'array' } },
        },
        columns: ['channel_id', 'messages'],
      },
    },
  };
  writeFileSync(join(cli.path('config'), 'definitions', 'threads.json'), JSON.stringify(definition));
  const migrated = await run('--recovery-code-out', cli.path('code'), 'migrate', '--definition', 'threads');
  if (migrated.code !== 0) throw new Error(migrated.stderr);
});
afterAll(() => {
  cli.remove();
});

const run = (...args: string[]): Promise<CliRun> => cli.run(['--home', home, ...args]);
const data = async (...args: string[]): Promise<unknown> => {
  const { code, document } = await cli.json(['--home', home, ...args]);
  expect([args, code]).toEqual([args, 0]);
  return (document as { data: unknown }).data;
};
const failed = async (...args: string[]): Promise<unknown[]> => {
  const { code, document } = await cli.json(['--home', home, ...args]);
  return [code, (document as { error: { type: string } }).error.type];
};

it('keeps documents and finds them again (O37, O38, O46, O47)', async () => {
  const thread = { channel_id: 'C1', thread_ts: '171', messages: [{ role: 'user', text: 'hello' }] };
  writeFileSync(cli.path('thread.json'), JSON.stringify(thread));
  expect(await data(...put, 'C1:171', '--from-file', cli.path('thread.json'), '--reason', 'first')).toMatchObject({
    id: 'C1:171',
    dryRun: false,
    changes: [{ action: 'create' }],
  });
  const stdin = await cli.run(['--home', home, ...put, 'C2:1', '--stdin'], { input: '{"channel_id":"C2"}' });
  expect(stdin.stdout).toContain('Saved 1 value in change set');
  await data(...put, 'C3:1', '--data', '{"channel_id":"C3"}', '--expires', '2020-01-01');

  const list = await data('record', 'list', 'thread_contexts', '--where', 'channel_id=C1');
  expect(list).toEqual({
    records: [
      {
        id: 'C1:171',
        data: thread,
        createdAt: expect.any(String) as string,
        updatedAt: expect.any(String) as string,
        expiresAt: null,
        expired: false,
        version: expect.any(Number) as number,
        problems: [],
      },
    ],
    next: null,
  });
  expect(await data('record', 'get', 'thread_contexts', 'C1:171')).toMatchObject({ data: thread });
  const people = await run('record', 'list', 'thread_contexts', '--limit', '1');
  expect(people.stdout).toMatch(/^ID +CHANNEL_ID +MESSAGES +CHANGED\nC1:171 +C1 +\[\{"role":"user".*today/u);
  expect(people.stderr).toBe('More: --after C1:171\n');
  expect((await run('record', 'get', 'thread_contexts', 'C2:1')).stdout).toBe('{\n  "channel_id": "C2"\n}\n');
  expect((await run('record', 'collections')).stdout).toMatch(/thread_contexts +Thread contexts +2 +1/u);
});

it('expires and deletes documents, and undo brings them back', async () => {
  const expired = await run('record', 'expire');
  expect(expired.stdout).toMatch(
    /thread_contexts +C3:1 +2020-01-01 .*\n\nRemoved 1 record in change set .*config undo/u,
  );
  expect((await run('record', 'expire')).stdout).toBe('Nothing is past its time.\n');
  await data('config', 'undo');
  expect(await data('record', 'list', 'thread_contexts', '--expired')).toMatchObject({ records: [{ id: 'C3:1' }] });
  await data('record', 'delete', 'thread_contexts', 'C1:171', 'C2:1');
  expect((await run('record', 'list', 'thread_contexts')).stdout).toBe('No records.\n');
  await data('config', 'undo');
  expect(await data(...put, 'C2:1', '--patch', '--data', '{"note":1}')).toMatchObject({
    record: { data: { channel_id: 'C2', note: 1 } },
  });
  expect(await failed(...put, 'x', '--data', '{"channel_id":1}')).toEqual([2, 'InputInvalid']);
  expect(await failed(...put, 'x', '--data', '{oops')).toEqual([2, 'InputInvalid']);
  expect(await failed(...put, 'x')).toEqual([1, 'Usage']);
  expect(await failed('record', 'list', 'thread_contexts', '--where', 'status')).toEqual([2, 'InputInvalid']);
  expect(await failed('record', 'get', 'thread_contexts', 'no')).toEqual([3, 'NotFound']);
  expect(await failed('record', 'list', 'nothing')).toEqual([3, 'NotFound']);
});

it('adds numbers, sums them up, and prunes only after a yes', async () => {
  await data('metric', 'add', 'response_time', '120', '--unit', 'ms', '--data', '{"endpoint":"/ask"}');
  const lines =
    '{"name":"response_time","value":80,"unit":"ms"}\n\n{"name":"cpu","value":0.5,"at":"2020-01-01T00:00:00Z"}\n';
  const many = await cli.run(['--home', home, 'metric', 'add', '--stdin'], { input: lines });
  expect([many.code, many.stdout]).toEqual([0, 'Added 2 numbers.\n']);
  expect(await data('metric', 'list', '--hours', '1')).toMatchObject({
    metrics: [
      { name: 'response_time', value: 80, unit: 'ms', data: null },
      { name: 'response_time', value: 120, unit: 'ms', data: { endpoint: '/ask' } },
    ],
    next: null,
  });
  expect((await run('metric', 'stats', '--hours', '24')).stdout).toMatch(
    /^METRIC +COUNT +MIN +MEAN +MAX +LAST +UNIT +AT\nresponse_time +2 +80 +100 +120 +80 +ms +today/u,
  );
  expect(await failed('metric', 'prune')).toEqual([1, 'Usage']);
  expect(await data('metric', 'prune', '--dry-run')).toMatchObject({ removed: 1, dryRun: true });
  expect(await data('metric', 'prune', '--yes')).toMatchObject({ removed: 1, dryRun: false });
  expect(await failed('metric', 'add', 'x')).toEqual([1, 'Usage']);
  expect(await failed('metric', 'add', 'x', 'many')).toEqual([2, 'InputInvalid']);
  const bad = await cli.json(['--home', home, 'metric', 'add', '--stdin'], { input: '{"name":"a","value":1}\n[]\n' });
  expect(bad.document).toMatchObject({ error: { type: 'InputInvalid', problem: 'line 2 is not a JSON object' } });
});
