/** Random edits with mirrors on: the files as the application reads them equal the store, and nothing else in them moves. */
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dotenv from 'dotenv';
import { afterEach, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../../contract/json.ts';
import { parseJsonTree, type JsonNode } from '../migration/readers/json-tree.ts';
import { createRandom, type Random } from '../store/testing/random.ts';
import { openTestApp, passphrase, type TestApp } from '../testing/test-app.ts';

const roots: { app: TestApp; root: string }[] = [];
afterEach(async () => {
  for (const { app, root } of roots.splice(0)) {
    await app.close();
    rmSync(root, { recursive: true, force: true });
  }
});

const json =
  '\uFEFF{\r\n\t"name" : "caf\\u00e9",\r\n\t"window": { "width": 800, "height":600.0 },\r\n\t"list": [1, 2,\r\n\t\t3],\r\n\t"deep": {"a": {"b": null}},\r\n\t"big": 12345678901234567890\r\n}\r\n';
const env = '# keep me\nexport URL=\'http://x\' # why\n\nLEVEL=info\nNOTE="a b"\nnot a line\n';

const texts = ['', 'plain', 'two words', 'ü € 𝄞', 'a"b', "it's", 'x#y', ' edge ', 'back\\slash', 'line\nbreak'];
const scalar = (random: Random): JsonValue =>
  random.pick<JsonValue>([true, false, null, 0, -7, 2.5, 1e21, random.below(1000), random.pick(texts)]);
const sample: Record<string, (random: Random) => JsonValue> = {
  'app.name': (random) => random.pick(texts),
  'app.window.width': (random) => random.below(5000),
  'app.window.height': (random) => random.below(50) / 10,
  'app.list': (random) => Array.from({ length: random.below(5) }, () => random.below(9)),
  'app.new': (random) => random.pick(texts),
  'app.deep.c': (random) => random.below(9),
  'env.LEVEL': (random) => random.pick(texts.filter((text) => text !== ' edge ')),
  'env.NOTE': (random) => random.pick(texts),
  'env.EXTRA': (random) => random.pick(texts),
};

const without = (text: string, path: readonly string[]): string | null => {
  const root = parseJsonTree(text);
  if ('message' in root) return null;
  let node: JsonNode | undefined = root;
  for (const segment of path)
    node = node?.type === 'object' ? node.members.find((member) => member.key === segment)?.value : undefined;
  return node === undefined ? null : text.slice(0, node.start) + text.slice(node.end);
};

const leaves = (value: JsonValue, prefix: string): [string, JsonValue][] =>
  isJsonObject(value) && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, one]) => leaves(one, `${prefix}.${key}`))
    : [[prefix, value]];

it.each([1, 2, 3])(
  'the mirrored files equal the store after every random edit (seed %i) (D32)',
  async (seed) => {
    const random = createRandom(seed);
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-mirror-')));
    const homeDir = join(root, 'home');
    mkdirSync(homeDir);
    writeFileSync(join(homeDir, 'app.json'), json);
    writeFileSync(join(homeDir, '.env'), env);
    const app = await openTestApp({ homeDir, configDir: join(root, 'config') }, 'window');
    roots.push({ app, root });
    await app.get('migration.run', { definition: 'generic', protect: { passphrase } });
    for (const file of ['app.json', '.env']) await app.get('mirror.set', { file, on: true, yes: true });
    const read = (file: string): string => readFileSync(join(homeDir, file), 'utf8');
    expect([read('app.json'), read('.env')]).toEqual([json, env]);

    for (let step = 0; step < 60; step += 1) {
      const key = random.pick(Object.keys(sample));
      const before = read('app.json');
      const stored = new Map((await app.get('settings.list', {})).settings.map((one) => [one.key, one]));
      const known = (stored.get(key)?.version ?? null) !== null;
      const removes = known && random.chance(0.25);
      const value = sample[key]?.(random) ?? scalar(random);
      const change = removes ? { op: 'unset' as const, key } : { op: 'set' as const, key, value };
      const applied = await app.call('settings.apply', { changes: [change], create: true });
      if (!applied.ok) {
        // A group or another type stands there: refused, so nothing may have moved.
        expect(read('app.json')).toBe(before);
        continue;
      }
      if (random.chance(0.1)) await app.get('settings.undo', {});
      const { mirrors } = await app.get('mirror.list', {});
      const states = mirrors.filter((one) => one.on).map(({ file, state, reason }) => ({ file, state, reason }));
      expect([seed, step, change, states]).toEqual([
        seed,
        step,
        change,
        ['.env', 'app.json'].map((file) => ({ file, state: 'in-step', reason: null })),
      ]);

      const { settings } = await app.get('settings.list', {});
      const inStore = settings.filter((one) => one.version !== null && !one.secret).map((one) => [one.key, one.value]);
      const parsed = JSON.parse(read('app.json').slice(1)) as JsonObject;
      const inJson = leaves(parsed, 'app').filter(([path]) => path !== 'app.big');
      const inEnv = Object.entries(dotenv.parse(read('.env'))).map(([name, text]) => [`env.${name}`, text]);
      const sorted = (list: unknown[]): string[] => list.map((one) => JSON.stringify(one)).toSorted();
      expect(sorted([...inJson, ...inEnv])).toEqual(sorted(inStore));

      // What nothing in the store speaks of is there byte for byte.
      expect(read('app.json')).toContain('"big": 12345678901234567890');
      expect(read('app.json').startsWith('\uFEFF{\r\n')).toBe(true);
      expect(read('.env')).toContain("# keep me\nexport URL='http://x' # why\n\n");
      expect(read('.env')).toContain('not a line\n');
      const path = key.split('.').slice(1);
      const [old, now] = [without(before.slice(1), path), without(read('app.json').slice(1), path)];
      const structured = key === 'app.list' || !key.startsWith('app.');
      if (!removes && known && !structured && old !== null && now !== null) expect(now).toBe(old);
    }
  },
  120_000,
);
