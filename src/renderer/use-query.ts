/**
 * Reads with a command and reads again when the home says that one of `topics` changed. Keeps showing the last answer
 * while the next is on its way, so that nothing flickers; an answer that came too late is dropped.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { CommandName, Input, Output } from '../contract/commands.ts';
import type { HoldfastError } from '../contract/errors.ts';
import type { Topic } from '../contract/events.ts';
import { useDoor } from './client.ts';

export type QueryState<T> = {
  data: T | null;
  error: HoldfastError | null;
  /** True until the first answer to this input. */
  loading: boolean;
  reload: () => Promise<void>;
};

export const useQuery = <N extends CommandName>(
  name: N,
  input: Input<N>,
  topics: readonly Topic[],
  options: { skip?: boolean } = {},
): QueryState<Output<N>> => {
  const door = useDoor();
  const key = JSON.stringify(input);
  const [state, setState] = useState<{ key: string; data: Output<N> | null; error: HoldfastError | null }>({
    key: '',
    data: null,
    error: null,
  });
  const asked = useRef(0);
  const skip = options.skip ?? false;

  const reload = useCallback(async () => {
    if (skip) return;
    asked.current += 1;
    const mine = asked.current;
    const answer = await door.call(name, JSON.parse(key) as Input<N>);
    if (mine !== asked.current) return;
    setState((before) =>
      answer.ok
        ? { key, data: answer.data, error: null }
        : { key, data: before.key === key ? before.data : null, error: answer.error },
    );
  }, [door, name, key, skip]);

  useEffect(() => {
    void reload();
    return () => {
      asked.current += 1;
    };
  }, [reload]);

  const watched = topics.join(' ');
  useEffect(
    () =>
      door.on((event) => {
        if (event.type === 'changed' && event.topics.some((topic) => watched.split(' ').includes(topic))) void reload();
      }),
    [door, reload, watched],
  );

  return {
    data: state.data,
    error: state.error,
    loading: state.key === '' || (state.key !== key && state.data === null),
    reload,
  };
};
