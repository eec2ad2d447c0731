/**
 * Keeps mirrored files in step: after each save the files that it made due are written, one after the other. The order is
 * always the same: what is about to be written is noted in the store, the file is replaced, the note is cleared. Whatever
 * stands in the way leaves the file behind with a reason; it never makes the save fail.
 */
import { join } from 'node:path';
import { ok } from '../../contract/result.ts';
import type { Clock } from '../clock.ts';
import type { Definition } from '../definitions/types.ts';
import { defaultMaxBytes, openLegacy } from '../migration/open-legacy.ts';
import type { Keyring } from '../secrets/types.ts';
import type { Store } from '../store/types.ts';
import { ruleFor } from './places.ts';
import * as sql from './queries.ts';
import { renderFile, type Rendered, type RenderInput } from './render.ts';
import { realMirrorFs, replaceFile, temporaryName, type MirrorFs } from './write-file.ts';

export type MirrorKeeper = {
  /** False where no file was ever mirrored: then a save has nothing to ask. */
  active: () => boolean;
  /** A file is mirrored from now on. */
  wake: () => void;
  /** The store was opened for writing: what the last process still owed to the files is written. */
  begin: (store: Store, keyring: Keyring | null) => Promise<void>;
  /** Writes what is due. True when anything was, so that screens read again. */
  flush: (store: Store, keyring: Keyring | null) => Promise<boolean>;
};

export type KeeperOptions = {
  homeDir: string;
  clock: Pick<Clock, 'now'>;
  definition: (store: Store) => Promise<Definition | null>;
  fs?: MirrorFs | undefined;
  log: (line: string) => void;
};

export const changedOutside = 'it was changed outside Holdfast';
export const notThere = 'the file is not there';

type Outcome = { ok: true } | { ok: false; reason: string };
const behind = (reason: string): Outcome => ({ ok: false, reason });

export const createMirrorKeeper = (options: KeeperOptions): MirrorKeeper => {
  const { homeDir, clock } = options;
  const fs = options.fs ?? realMirrorFs;
  let turn: Promise<unknown> = Promise.resolve();

  /** The file has what the store has: kept with its hash, and due no more as far as it was rendered. */
  const settle = (store: Store, term: number, done: Extract<Rendered, { ok: true }>) =>
    store.transact((tx) => {
      sql.saveState(tx, term, { sha256: done.sha256, next: null, upto: done.upto, at: clock.now() });
      sql.clearDue(tx, term, done.changeSet);
      return ok(null);
    });

  const writeOne = async (store: Store, due: sql.Due, keyring: Keyring | null): Promise<Outcome> => {
    const definition = await options.definition(store);
    const { file } = due;
    const rule = definition === null ? null : ruleFor(definition, file);
    if (definition === null || rule === null) return behind('no rule of the definition covers it any more');
    fs.remove(temporaryName(join(homeDir, file)));
    const opened = await openLegacy(homeDir, file, rule.maxBytes ?? defaultMaxBytes);
    if (opened.status === 'unreadable') return behind(opened.reason);
    const state = await store.read((reader) => sql.mirrorState(reader, file));
    const hash = opened.status === 'missing' ? null : opened.sha256;
    if (state === undefined) return behind('it is not known what the file held');
    if (hash === null && state.sha256 !== null) return behind(notThere);
    const ours = hash === state.sha256 || hash === state.next;
    const bytes = opened.status === 'missing' ? null : opened.bytes;
    // Somebody else's file that says what the store says is in step as well.
    const upto = ours ? state.upto : null;
    const input: RenderInput = { definition, file, rule, bytes, keyring, now: clock.now(), upto };
    const rendered = await store.read((reader) => renderFile(reader, input));
    if (!ours && (!rendered.ok || rendered.changed > 0)) return behind(changedOutside);
    if (!rendered.ok) return behind(rendered.reason);
    if (rendered.changed > 0) {
      const noted = await store.transact((tx) => {
        sql.saveState(tx, due.term, { ...state, sha256: hash, next: rendered.sha256 });
        return ok(null);
      });
      if (!noted.ok) return behind('the store could not be written');
      const written = replaceFile(fs, homeDir, file, rendered.bytes, hash);
      if (!written.ok) return behind(written.reason);
    }
    const settled = await settle(store, due.term, rendered);
    return settled.ok ? { ok: true } : behind('the store could not be written');
  };

  const attempt = async (store: Store, due: sql.Due, keyring: Keyring | null): Promise<void> => {
    const outcome = await writeOne(store, due, keyring);
    if (outcome.ok || outcome.reason === due.reason) return;
    await store.transact((tx) => {
      sql.saveReason(tx, due.term, outcome.reason);
      return ok(null);
    });
  };

  const flush = async (store: Store, keyring: Keyring | null): Promise<boolean> => {
    if (store.readOnly() !== null) return false;
    const found = await store.read((reader) => {
      if (!sql.hasMirrors(reader)) return null;
      return { due: sql.dueFiles(reader), on: new Set(sql.mirroredFiles(reader)) };
    });
    if (found === null || found.due.length === 0) return false;
    for (const due of found.due) {
      if (found.on.has(due.file)) await attempt(store, due, keyring);
      // Switched off meanwhile: nothing is owed any more.
      else
        await store.transact((tx) => {
          sql.clearDue(tx, due.term, due.changeSet);
          return ok(null);
        });
    }
    return true;
  };

  const flushInTurn: MirrorKeeper['flush'] = (store, keyring) => {
    const next = turn
      .then(() => flush(store, keyring))
      .catch((error: unknown) => {
        // The save stands; the file stays due. Only the name: a message may hold a value.
        const frames =
          error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /u.test(line)) : [];
        options.log([`${clock.now()} a mirror could not be written`, ...frames].join('\n'));
        return false;
      });
    turn = next;
    return next;
  };

  let active = true;
  return {
    active: () => active,
    wake: () => {
      active = true;
    },
    begin: async (store, keyring) => {
      active = await store.read(sql.hasMirrors);
      if (active) await flushInTurn(store, keyring);
    },
    flush: flushInTurn,
  };
};
