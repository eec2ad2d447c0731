/**
 * Files of the sample homes with random damage: 100,000 with HOLDFAST_LONG=1, a tenth in `npm test`. A reader answers each
 * with exactly what the usual parser reads, or with a place inside the file and a reason; it never throws.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import dotenv from 'dotenv';
import { expect, test } from 'vitest';
import { jsonEqual, type JsonValue } from '../../../contract/json.ts';
import { readEnv } from './env-reader.ts';
import { readJson } from './json-reader.ts';
import { rebuilt } from './testing/rebuilt.ts';
import type { ReadFile } from './types.ts';

const wanted = process.env['HOLDFAST_LONG'] === undefined ? 10_000 : 100_000;
const samples = join(import.meta.dirname, '../../../../resources/sample-homes');
const files = readdirSync(samples, { recursive: true, withFileTypes: true })
  .filter((one) => one.isFile())
  .map((one) => join(one.parentPath, one.name))
  .toSorted();

/** Park and Miller's generator: the same damage in every run. */
const createRandom = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
};

const pieces = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  '\\',
  '\n',
  '\0',
  '=',
  '#',
  "'",
  '`',
  '-',
  '1e999',
  '00',
  'null',
  '/*',
  '\uFEFF',
  '"__proto__":',
  '${A}',
].map((text) => Buffer.from(text));

const damages: ((bytes: Buffer, random: (below: number) => number) => Buffer)[] = [
  (bytes, random) => {
    const at = random(bytes.length);
    const flipped = Buffer.from(bytes);
    flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << random(8)), at);
    return flipped;
  },
  (bytes, random) => bytes.subarray(0, random(bytes.length)),
  (bytes, random) => {
    const at = random(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random(8))]);
  },
  (bytes, random) => {
    const at = random(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), pieces[random(pieces.length)] ?? Buffer.of(), bytes.subarray(at)]);
  },
  (bytes, random) => {
    const from = random(bytes.length);
    const part = bytes.subarray(from, from + 1 + random(40));
    const at = random(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)]);
  },
];

const damaged = (bytes: Buffer, random: (below: number) => number): Buffer => {
  let now = bytes;
  for (let left = 1 + random(4); left > 0 && now.length > 0; left -= 1)
    now = damages[random(damages.length)]?.(now, random) ?? now;
  return now;
};

const placed = (bytes: Buffer, { error }: ReadFile & { ok: false }): boolean => {
  const lines = bytes.toString('utf8').split(/\r\n|\r|\n/u);
  const line = lines[error.line - 1];
  return line !== undefined && error.column >= 1 && error.column <= line.length + 1 && error.message.length > 5;
};

const withoutMark = (bytes: Buffer): string => bytes.toString('utf8').replace(/^\uFEFF/u, '');

const agreesAsJson = (bytes: Buffer): boolean => {
  const result = readJson(bytes);
  if (!result.ok) return placed(bytes, result);
  const value = rebuilt(result.leaves);
  const parsed = JSON.parse(withoutMark(bytes)) as JsonValue;
  return value === undefined || jsonEqual(value, parsed);
};

const agreesAsEnv = (bytes: Buffer): boolean => {
  const result = readEnv(bytes);
  if (!result.ok) return placed(bytes, result);
  const parsed = dotenv.parse(withoutMark(bytes));
  return result.leaves.every((leaf) => {
    const key = String(leaf.segments[0]);
    return leaf.problem !== null || (Object.hasOwn(parsed, key) && parsed[key] === leaf.value);
  });
};

test(
  'a damaged file is read exactly or refused with its place, and never ends the program',
  { timeout: 600_000 },
  () => {
    const random = createRandom(20_261_121);
    const wrong: string[] = [];
    const outcomes = { read: 0, refused: 0 };
    for (let n = 0; n < wanted; n += 1) {
      const path = files[random(files.length)] ?? '';
      const bytes = damaged(readFileSync(path), random);
      const isJson = path.endsWith('.json');
      outcomes[(isJson ? readJson : readEnv)(bytes).ok ? 'read' : 'refused'] += 1;
      if (!(isJson ? agreesAsJson : agreesAsEnv)(bytes) && wrong.length < 5)
        wrong.push(`${path}: ${bytes.toString('base64')}`);
    }
    expect(wrong).toEqual([]);
    // Both ends are met often, or the damage is none.
    expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(wanted / 20);
  },
);
