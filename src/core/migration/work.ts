/**
 * The heavy part of a plan, over the home's files alone, asked for with plain data: so it is the same code in a worker
 * thread and in this one. It reads files, never the store, and gets no keys. What was read comes in parts, since one
 * answer with all of it would stop the thread that takes it.
 */
import { inferDefinition, type Inferred, type InferInput } from '../definitions/infer.ts';
import { recogniseHome } from '../definitions/recognise.ts';
import type { Definition } from '../definitions/types.ts';
import { mapSource } from './mappers.ts';
import type { Candidate, ReadSource, SourceFile } from './plan-types.ts';
import type { Scan } from './scan.ts';
import { changedSources, filesOf, readSource, readSources, type Seen } from './sources.ts';

type Place = { homeDir: string; scan: Scan };
export type Fit = { id: string; score: number; why: string[] };

export type PlanInputs = {
  /** Every file that the definition names, and the values it maps them to: all in the parts. */
  read: Place & { definition: Definition; now: string };
  /** Which definitions fit, best first. */
  recognise: Place & { definitions: Definition[] };
  /** Which files are not as they were seen. */
  changed: { homeDir: string; seen: Seen[] };
  infer: Place & { input: Omit<InferInput, 'sources' | 'scan'> };
};
export type PlanAnswers = { read: null; recognise: Fit[]; changed: string[]; infer: Inferred };
export type PlanWork = keyof PlanInputs;

/** `done` of `of` files. A file with many values comes in several parts, the values in their order. */
export type Part = { sources: SourceFile[]; candidates: Candidate[]; done: number; of: number };

/** What the other thread takes in at once without a pause. */
const mostFiles = 200;
const mostCandidates = 400;
const mostText = 256 * 1024;

const withoutValues = (source: ReadSource): SourceFile => ({
  ...source,
  read: source.read?.ok === true ? { ok: true, notes: source.read.notes } : source.read,
});

async function* read({ homeDir, scan, definition, now }: PlanInputs['read']): AsyncGenerator<Part, null> {
  const wanted = filesOf(definition, scan);
  const empty = (done: number): Part => ({ sources: [], candidates: [], done, of: wanted.length });
  let part = empty(0);
  let text = 0;
  for (const [i, one] of wanted.entries()) {
    const source = await readSource(homeDir, one);
    part.sources.push(withoutValues(source));
    for (const candidate of mapSource({ definition, source, now })) {
      part.candidates.push(candidate);
      text += candidate.raw.length;
      if (part.candidates.length < mostCandidates && text < mostText) continue;
      yield part;
      part = empty(i);
      text = 0;
    }
    part.done = i + 1;
    if (part.sources.length < mostFiles) continue;
    yield part;
    part = empty(i + 1);
  }
  yield part;
  return null;
}

type Works = { [K in PlanWork]: (input: PlanInputs[K]) => AsyncGenerator<Part, PlanAnswers[K]> };

/* oxlint-disable require-yield -- these answer with one small value */
const works: Works = {
  read,
  async *recognise({ homeDir, scan, definitions }) {
    const fits = await recogniseHome(homeDir, definitions, scan);
    return fits.map(({ definition, score, why }) => ({ id: definition.id, score, why }));
  },
  async *changed({ homeDir, seen }) {
    return changedSources(homeDir, seen);
  },
  async *infer({ homeDir, scan, input }) {
    return inferDefinition({ ...input, scan, sources: await readSources(homeDir, input.generic, scan) });
  },
};
/* oxlint-enable require-yield */

export const doPlanWork = <K extends PlanWork>(kind: K, input: PlanInputs[K]): AsyncGenerator<Part, PlanAnswers[K]> =>
  works[kind](input);
