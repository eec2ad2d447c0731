/** How each mirrored file is: in step, behind or diverged, looked at afresh each time. Reads only. */
import type { Mirror } from '../../contract/mirrors.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { SubjectKind } from '../changes/write.ts';
import type { Context } from '../context.ts';
import type { Definition } from '../definitions/types.ts';
import { isPattern } from '../migration/glob.ts';
import { hashFile } from '../homes/drift.ts';
import type { Reader } from '../store/types.ts';
import { join } from 'node:path';
import { changedOutside, notThere } from './keeper.ts';
import { filesOf, ruleFor } from './places.ts';
import * as sql from './queries.ts';
import { fileProblem, realMirrorFs } from './write-file.ts';

type Stored = { file: string; state: sql.MirrorState | undefined; due: string | null | undefined };

/** Live secrets by the file they belong to. */
const secretsByFile = (reader: Reader, definition: Definition | null): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const { kind, key } of sql.liveSecrets(reader)) {
    const file = filesOf(reader, definition, { kind: kind as SubjectKind, key })[0];
    if (file !== undefined) counts.set(file, (counts.get(file) ?? 0) + 1);
  }
  return counts;
};

const healthOf = (homeDir: string, { file, state, due }: Stored): MirrorLine => {
  const problem = fileProblem(realMirrorFs, homeDir, file);
  if (problem !== null) return { file, state: 'behind', reason: problem };
  const hash = hashFile(join(homeDir, file));
  if (hash === 'unreadable') return { file, state: 'behind', reason: 'it cannot be read' };
  if (hash === null && state?.sha256 != null) return { file, state: 'behind', reason: notThere };
  if (hash !== state?.sha256 && hash !== state?.next) return { file, state: 'diverged', reason: changedOutside };
  return due === undefined
    ? { file, state: 'in-step', reason: null }
    : { file, state: 'behind', reason: due ?? 'it is still to be written' };
};

export type MirrorLine = Pick<Mirror, 'file' | 'state' | 'reason'>;

/** The files that are mirrored now, each looked at. */
export const mirrorLines = (homeDir: string, reader: Reader): MirrorLine[] => {
  const on = sql.mirroredFiles(reader);
  if (on.length === 0) return [];
  const due = new Map(sql.dueFiles(reader).map((one) => [one.file, one.reason]));
  return on.map((file) => healthOf(homeDir, { file, state: sql.mirrorState(reader, file), due: due.get(file) }));
};

/** Every legacy file, mirrored or not. */
const mirrorViews = (homeDir: string, reader: Reader, definition: Definition | null): Mirror[] => {
  const lines = new Map(mirrorLines(homeDir, reader).map((line) => [line.file, line]));
  const secrets = secretsByFile(reader, definition);
  const ruled = (definition?.sources ?? []).filter((rule) => !isPattern(rule.file)).map((rule) => rule.file);
  const seen = sql.filesSeen(reader).filter((file) => definition === null || ruleFor(definition, file) !== null);
  return [...new Set([...ruled, ...seen, ...sql.mirrorSwitches(reader).keys()])].toSorted().map((file) => {
    const state = sql.mirrorState(reader, file);
    return {
      on: lines.has(file),
      ...(lines.get(file) ?? { file, state: 'off' as const, reason: null }),
      secrets: secrets.get(file) ?? 0,
      lastWritten: state === undefined || state.upto === 0 ? null : state.at,
      exists: realMirrorFs.lstat(join(homeDir, file)) !== null,
    };
  });
};

/** Nothing is mirrored in a home without a store. */
export const listMirrors = async (ctx: Context): Promise<Result<Mirror[]>> => {
  const definition = await ctx.definition();
  const views = await ctx.read((reader) => mirrorViews(ctx.homeDir, reader, definition));
  return !views.ok && views.error.type === 'NotFound' ? ok([]) : views;
};
