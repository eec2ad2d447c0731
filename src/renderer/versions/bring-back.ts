/** The ways to bring values back, as data: a dialog previews and does whichever it was asked for. */
import type { Input, Output } from '../../contract/commands.ts';
import type { Result } from '../../contract/result.ts';
import type { Door } from '../client.ts';

export type RevertResult = Output<'versions.revert'>;
export type Outside = Pick<Input<'versions.diff'>, 'file' | 'credential'>;

export type Ask =
  | { kind: 'pick'; from: string; keys: readonly string[]; outside?: Outside }
  | { kind: 'to'; ref: string }
  | { kind: 'changeSet'; changeSet: string }
  | { kind: 'undelete'; key: string };

type Way = { dryRun?: boolean; reason?: string; over?: boolean };

export const bringBack = (call: Door['call'], ask: Ask, way: Way): Promise<Result<RevertResult>> => {
  switch (ask.kind) {
    case 'pick':
      return call('versions.pick', { from: ask.from, keys: [...ask.keys], ...ask.outside, ...way });
    case 'to':
      return call('versions.revert', { to: ask.ref, ...way });
    case 'changeSet':
      return call('versions.revert', { changeSet: ask.changeSet, ...way });
    case 'undelete':
      return call('versions.undelete', { key: ask.key, ...way });
  }
};
