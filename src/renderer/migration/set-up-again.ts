/** The set-up's questions asked again, from the menu or the Migration page: no value is removed, the wizard shows what is set. */
import type { Door } from '../client.ts';
import { messages } from '../messages.en.ts';
import { toast, toastError } from '../ui/toast.tsx';
import { goTo } from '../use-route.ts';

const say = messages.migration.after;

export const setUpAgain = async (call: Door['call']): Promise<void> => {
  const answer = await call('setup.reset', {});
  // Without a store the set-up is open anyway.
  if (!answer.ok && answer.error.type !== 'NotFound') return toastError(answer.error);
  if (answer.ok) toast({ title: say.againDone(answer.data.questions) });
  goTo('setup');
};
