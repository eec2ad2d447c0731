/**
 * `migration.proof`: every migrated file is made again from its layout and the values of the store, and compared with the
 * file that lies there. Where they differ it says at which places, never with which values.
 */
import { Buffer } from 'node:buffer';
import type { Output } from '../../../contract/commands.ts';
import type { Difference, FileProof } from '../../../contract/migration-after.ts';
import { fail, ok, type Result } from '../../../contract/result.ts';
import type { Context } from '../../context.ts';
import { readInSlices } from '../../slices.ts';
import { liveSteps } from '../live-rows.ts';
import { pathOf } from '../map-parts.ts';
import { openLegacy } from '../open-legacy.ts';
import { readerFor } from '../readers/index.ts';
import { decodeText } from '../readers/text.ts';
import type { Leaf } from '../readers/types.ts';
import { regenerateEach, type Regenerated } from './regenerate.ts';
import { isEnabledList, isHole, type Hole, type Token } from './tokens.ts';

/** A proof reads what was read once already; a larger file is none of ours. */
const maxBytes = 256 * 1024 * 1024;

const holesOf = (tokens: readonly Token[]): Hole[] => tokens.filter(isHole);

/** The hole at a place, or the one around it: a record is one hole with many places. */
const keyAt = (tokens: readonly Token[], path: string): string | null => {
  const inside = (outer: string): boolean =>
    outer === '' || path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
  const found = holesOf(tokens)
    .filter((hole) => inside(hole.a))
    .toSorted((a, b) => b.a.length - a.a.length)[0];
  if (found !== undefined) return found.s[1];
  for (const token of tokens.filter(isEnabledList)) {
    const entry = token.e.find((one) => one.a === path);
    if (entry !== undefined) return 'id' in entry ? entry.id : null;
  }
  return null;
};

/** Leaves by place; a repeated place by the number of the repetition as well. */
const byPlace = (leaves: readonly Leaf[]): Map<string, Leaf> => {
  const found = new Map<string, Leaf>();
  for (const leaf of leaves) {
    const path = pathOf(leaf.segments);
    let name = path;
    for (let n = 2; found.has(name); n += 1) name = `${path}\n${String(n)}`;
    found.set(name, leaf);
  }
  return found;
};

const firstLine = (a: string, b: string): number => {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return (a.slice(0, at).match(/\r\n|\n|\r/gu)?.length ?? 0) + 1;
};

const differences = (made: Regenerated, bytes: Uint8Array): Difference[] => {
  const { format, tokens } = made.layout;
  const lie = readerFor(format).read(bytes);
  const would = readerFor(format).read(Buffer.from(made.text, 'utf8'));
  const found: Difference[] = made.unwritable.map((hole) => ({
    path: hole.a,
    key: hole.s[1],
    line: null,
    what: 'unwritable',
  }));
  if (lie.ok && would.ok) {
    const theirs = byPlace(lie.leaves);
    const ours = byPlace(would.leaves);
    for (const [name, leaf] of theirs) {
      const other = ours.get(name);
      if (other?.raw === leaf.raw) continue;
      const path = pathOf(leaf.segments);
      const gone = made.removed.some((hole) => keyAt([hole], path) !== null);
      const what = other !== undefined ? 'changed' : gone ? 'removed' : 'new';
      found.push({ path, key: keyAt(tokens, path), line: leaf.line, what });
    }
    for (const [name, leaf] of ours) {
      if (theirs.has(name)) continue;
      const path = pathOf(leaf.segments);
      found.push({ path, key: keyAt(tokens, path), line: null, what: 'added' });
    }
  }
  if (found.length > 0) return found;
  const decoded = decodeText(bytes);
  const line = decoded.ok ? firstLine(decoded.text, made.text.replace(/^\uFEFF/u, '')) : null;
  return [{ path: '', key: null, line, what: 'text' }];
};

const byTextOf = (made: Regenerated): number =>
  holesOf(made.layout.tokens).filter((hole) => hole.x !== undefined).length;

const proveFile = async (homeDir: string, made: Regenerated): Promise<FileProof> => {
  const base = { file: made.file, byText: byTextOf(made), differences: [] };
  const opened = await openLegacy(homeDir, made.file, maxBytes);
  if (opened.status === 'missing') return { ...base, status: 'missing' };
  if (opened.status === 'unreadable') return { ...base, status: 'unreadable', problem: opened.reason };
  if (made.locked) return { ...base, status: 'locked' };
  if (Buffer.from(made.text, 'utf8').equals(Buffer.from(opened.bytes))) return { ...base, status: 'equal' };
  return { ...base, status: 'differs', differences: differences(made, opened.bytes) };
};

/** Without keys every file that needs them is `locked`; the others are proven all the same. Errors: those of the store. */
export const proveFiles = async (
  ctx: Context,
  only: string | undefined,
): Promise<Result<Output<'migration.proof'>>> => {
  const given = ctx.credential === null ? null : await ctx.keyring('The proof reads secrets');
  if (given?.ok === false) return given;
  const keyring = given === null ? await ctx.keyringIfUnlocked() : given.data;
  const made = await readInSlices(ctx, function* (reader) {
    const files: Regenerated[] = [];
    const keep = (one: Regenerated): void => {
      if (only === undefined || one.file === only) files.push(one);
    };
    yield* regenerateEach(reader, keyring, { rows: yield* liveSteps(reader) }, keep);
    return files;
  });
  if (!made.ok) return made;
  if (made.data === null) return fail({ type: 'Cancelled', what: 'The proof' });
  const wanted = made.data.value;
  if (only !== undefined && wanted.length === 0) return fail({ type: 'NotFound', what: 'migrated file', name: only });
  const files: FileProof[] = [];
  for (const one of wanted) files.push(await proveFile(ctx.homeDir, one));
  return ok({
    proven: files.length > 0 && files.every((one) => one.status === 'equal'),
    locked: files.some((one) => one.status === 'locked'),
    files,
  });
};
