/**
 * Random sequences of edits, reverts, undo, redo, names and trials against a simple model: 10,000 with HOLDFAST_LONG=1, a
 * tenth of them otherwise. Every version stays byte for byte what it was, none vanishes, and of two edits of the same
 * value one is refused.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRandom } from '../store/testing/random.ts';
import { openTestApp, tempHome, type TestApp } from '../testing/test-app.ts';

const sequences = process.env['HOLDFAST_LONG'] === undefined ? 1000 : 10_000;
const keys = ['a', 'b.one', 'b.two', 'c["x y"]', 'd', 'e'];

type State = ReadonlyMap<string, string>;
/** After a change set, and what it changed: key -> text before it. */
type Moment = { uid: string; state: State; before: ReadonlyMap<string, string | undefined> };

const textOf = (state: State): string => JSON.stringify([...state].toSorted(([a], [b]) => (a < b ? -1 : 1)));

const changed = (old: State, now: State): Map<string, string | undefined> =>
  new Map(keys.filter((key) => old.get(key) !== now.get(key)).map((key) => [key, old.get(key)]));

const withBefore = (state: State, before: Moment['before']): State => {
  const next = new Map(state);
  for (const [key, text] of before)
    if (text === undefined) next.delete(key);
    else next.set(key, text);
  return next;
};

const stateAt = async (app: TestApp, ref: string): Promise<State> =>
  new Map(
    (await app.get('versions.at', { ref })).entries
      .filter(({ kind, key }) => kind === 'setting' && keys.includes(key))
      .map(({ key, value }) => [key, JSON.stringify(value)]),
  );

it(`keeps every version byte for byte through ${String(sequences)} random sequences, and loses no update`, async () => {
  const home = tempHome(null);
  writeFileSync(join(home.homeDir, 'app.json'), '{"kept":true}');
  const app = await openTestApp(home);
  await app.get('migration.run', { protect: { recoveryCode: true } });
  const random = createRandom(20_260);
  const moments: Moment[] = [];
  let state: State = new Map();
  const done = (uid: string | null, next: State): void => {
    if (uid === null) {
      expect(textOf(next)).toBe(textOf(state));
      return;
    }
    moments.push({ uid, state: next, before: changed(state, next) });
    state = next;
  };
  const pick = (): Moment | undefined => moments[random.below(Math.max(1, moments.length))];
  const anyValue = () =>
    [random.below(1000), `wörd ${String(random.below(9))}`, null, [1, { z: 1, a: 2 }]][random.below(4)];
  const someEdits = () => {
    const wanted = new Set(Array.from({ length: 1 + random.below(3) }, () => keys[random.below(keys.length)] ?? 'a'));
    return [...wanted].map((key) =>
      random.below(4) === 0 && state.has(key)
        ? { key, op: 'unset' as const }
        : { key, op: 'set' as const, value: anyValue() ?? null },
    );
  };
  const afterEdits = (edits: ReturnType<typeof someEdits>): State => {
    const next = new Map(state);
    for (const edit of edits)
      if (edit.op === 'unset') next.delete(edit.key);
      else next.set(edit.key, JSON.stringify(edit.value));
    return next;
  };
  const steps: (() => Promise<void>)[] = [
    async () => {
      const edits = someEdits();
      const result = await app.call('settings.apply', { changes: edits, create: true });
      // A number never becomes a text by an edit: that is refused as a whole.
      if (result.ok) done(result.data.changeSet, afterEdits(edits));
      else expect(result.error.type).toBe('SettingInvalid');
    },
    async () => {
      // Two editors that read the same version: one of them must be told.
      const { settings } = await app.get('settings.list', { prefix: 'a' });
      const version = settings.find(({ key }) => key === 'a')?.version ?? null;
      const values = [`one ${String(moments.length)}`, `two ${String(moments.length)}`];
      await app
        .get('settings.apply', { changes: [{ key: 'a', op: 'set', value: null }], create: true })
        .then((first) => {
          done(first.changeSet, new Map(state).set('a', 'null'));
        });
      const read = (await app.get('settings.list', { prefix: 'a' })).settings.find(({ key }) => key === 'a');
      const both = await Promise.all(
        values.map((value) =>
          app.call('settings.apply', {
            changes: [{ key: 'a', op: 'set', value }],
            expect: { a: read?.version ?? version },
          }),
        ),
      );
      const [winner, loser] = both[0]?.ok === true ? both : both.toReversed();
      expect(loser).toMatchObject({ ok: false, error: { type: 'Stale' } });
      if (winner?.ok !== true) throw new Error('neither edit was saved');
      done(winner.data.changeSet, new Map(state).set('a', JSON.stringify(values[both.indexOf(winner)])));
    },
    async () => {
      const moment = pick();
      if (moment === undefined) return;
      const result = await app.get('versions.revert', { changeSet: moment.uid, over: true });
      done(result.changeSet, withBefore(state, moment.before));
    },
    async () => {
      const moment = pick();
      if (moment === undefined) return;
      const result = await app.get('versions.revert', {
        to: `cs:${moment.uid}`,
        keys: ['a', 'b', 'c', 'd', 'e'],
        over: true,
      });
      done(result.changeSet, moment.state);
    },
    ...(['settings.undo', 'settings.redo'] as const).map((name) => async () => {
      const result = await app.call(name, {});
      const taken = result.ok ? moments.find(({ uid }) => uid === result.data.of) : undefined;
      if (result.ok && taken !== undefined) done(result.data.changeSet, withBefore(state, taken.before));
      else expect(result.ok || ['NotFound', 'Conflict', 'Stale'].includes(result.error.type)).toBe(true);
    }),
    async () => {
      const moment = pick();
      if (moment === undefined) return;
      await app.get('versions.name', { name: `name ${String(random.below(5))}`, changeSet: moment.uid });
    },
    async () => {
      const value = `trial ${String(moments.length)}`;
      const tried = await app.call('settings.trial', { changes: [{ key: 'd', op: 'set', value }], minutes: 1000 });
      if (!tried.ok) return;
      done(tried.data.changeSet, new Map(state).set('d', JSON.stringify(value)));
      const last = moments.at(-1);
      if (random.below(2) === 0) await app.get('trial.keep', {});
      else if (last !== undefined) {
        await app.get('trial.end', {});
        const next = withBefore(state, last.before);
        const now = (await app.get('versions.list', { limit: 1 })).versions[0]?.changeSet ?? null;
        done(now, next);
      }
    },
  ];
  for (let i = 0; i < sequences; i += 1) {
    for (let n = 0; n < 3; n += 1) await steps[random.below(steps.length)]?.();
    const old = pick();
    expect(textOf(await stateAt(app, 'now'))).toBe(textOf(state));
    if (old !== undefined) expect(textOf(await stateAt(app, `cs:${old.uid}`))).toBe(textOf(old.state));
  }
  for (const { uid, state: then } of moments.filter((_, i) => i % 20 === 0))
    expect([uid, textOf(await stateAt(app, `cs:${uid}`))]).toEqual([uid, textOf(then)]);
  expect(await app.get('audit.verify', {})).toMatchObject({ ok: true });
  await app.close();
  home.remove();
}, 3_600_000);
