import { describe, expect, it } from 'vitest';
import { describeError, exitCodes, type HoldfastError } from '../contract/errors.ts';
import type { CliIo } from './io.ts';
import { nextSteps } from './next-step.ts';
import type { Outcome } from './outcome.ts';
import { printOutcome } from './print.ts';

/** A terminal that keeps what it is given. */
const recorder = () => {
  const out: string[] = [];
  const err: string[] = [];
  const io: CliIo = {
    env: {},
    cwd: '/',
    userName: 'ann',
    width: Number.POSITIVE_INFINITY,
    terminal: false,
    interactive: false,
    strong: (text) => text,
    faint: (text) => text,
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    progress: () => undefined,
    readStdin: () => new Uint8Array(),
    prompts: {
      secret: () => Promise.resolve(null),
      text: () => Promise.resolve(null),
      confirm: () => Promise.resolve(false),
      select: () => Promise.resolve(null),
    },
  };
  return { io, out, err };
};

const print = (outcome: Outcome, json: boolean) => {
  const { io, out, err } = recorder();
  return { code: printOutcome(outcome, io, json), out, err };
};

const damaged: HoldfastError = {
  type: 'StoreDamaged',
  problem: 'image-2.db has a wrong checksum',
  candidates: [
    { kind: 'image', path: '.holdfast/image-1.db', at: '2026-01-01T00:00:00.000Z', detail: 'the generation before' },
  ],
};

describe('printOutcome', () => {
  it('gives people the lines and scripts one document', () => {
    const outcome: Outcome = { ok: true, data: { n: 1 }, text: ['one', 'two'], notes: ['psst'] };
    expect([print(outcome, false), print(outcome, true)]).toEqual([
      { code: 0, out: ['one\ntwo'], err: ['psst'] },
      { code: 0, out: ['{"ok":true,"data":{"n":1}}'], err: ['psst'] },
    ]);
  });

  it('puts sentence and next step on stderr, the facts into the document', () => {
    const outcome: Outcome = { ok: false, error: damaged };
    const err = [
      `holdfast: ${describeError(damaged)}`,
      'What can be opened instead:',
      '  image   .holdfast/image-1.db  2026-01-01T00:00:00.000Z  the generation before',
      'Next: holdfast recovery list',
    ];
    expect(print(outcome, false)).toEqual({ code: 6, out: [], err });
    const json = print(outcome, true);
    expect({ ...json, out: json.out.map((text) => JSON.parse(text) as unknown) }).toEqual({
      code: 6,
      out: [{ ok: false, error: { ...damaged, message: describeError(damaged) } }],
      err,
    });
  });

  it('says how to take a change back past a later one, once that was told', () => {
    const later = [{ kind: 'setting', key: 'k', changeSet: 'c2', at: '2026-01-02T03:04:05.000Z', actor: 'bob' }];
    const error: HoldfastError = { type: 'Stale', keys: ['k'], of: 'c1', later };
    expect(print({ ok: false, error }, false)).toEqual({
      code: 8,
      out: [],
      err: [
        'holdfast: Not taken back: k was changed after it by bob (2026-01-02 03:04 UTC). Nothing was changed; to go back past that too, take the older change set back from the audit log.',
        'See: holdfast config diff cs:c1 now',
        'To take it back all the same: holdfast config revert c1 --force (first with --dry-run)',
      ],
    });
  });

  it('can add members and an exit code of its own', () => {
    const outcome: Outcome = {
      ok: false,
      error: { type: 'FileInvalid', file: 'a.json', problem: 'p' },
      extra: { sources: [] },
      exitCode: 2,
    };
    expect(print(outcome, true).out).toEqual([
      '{"ok":false,"error":{"type":"FileInvalid","message":"a.json: p.","file":"a.json","problem":"p","sources":[]}}',
    ]);
  });
});

describe('nextSteps', () => {
  it('lists each conflict and how to decide', () => {
    const error: HoldfastError = {
      type: 'Conflict',
      what: '1 value differs',
      items: [{ file: 'a.json', path: 'x', key: 'a.x', reason: 'both changed' }],
    };
    expect([nextSteps(error)[0], exitCodes[error.type]]).toEqual(['  a.json: x -> a.x: both changed', 8]);
  });

  it('never lets a file name drive the terminal', () => {
    const error: HoldfastError = {
      type: 'Conflict',
      what: 'x',
      items: [{ file: 'a\u001b[2J', path: '', key: '', reason: '' }],
    };
    expect(nextSteps(error).join('')).not.toContain('\u001b');
  });
});
