/** What is said after an undo or redo; also whose change it was, when it was somebody else's. */
import type { Output } from '../../contract/commands.ts';
import { formatWhen } from '../format.ts';
import { messages } from '../messages.en.ts';

const say = messages.frame;

export const undoneNote = (way: 'undo' | 'redo', { changes, by }: Output<'settings.undo'>) => ({
  title: (way === 'undo' ? say.undone : say.redone)(changes.length),
  ...(by === undefined ? {} : { text: say.wasOf(by.actor, formatWhen(by.at, new Date())) }),
});
