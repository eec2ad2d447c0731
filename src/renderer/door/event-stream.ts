/** Reads `text/event-stream` from a fetch body, because EventSource cannot send the session header. Pure parsing only. */
export type EventParser = (chunk: string) => string[];

/** Feeds text pieces in, gets the `data` of every complete message out; comments and other fields are passed over. */
export const createEventParser = (): EventParser => {
  let rest = '';
  return (chunk) => {
    rest = (rest + chunk).replaceAll('\r\n', '\n');
    const messages = rest.split('\n\n');
    rest = messages.pop() ?? '';
    return messages
      .map((message) =>
        message
          .split('\n')
          .filter((line) => line.startsWith('data:'))
          .map((line) => line.slice(line[5] === ' ' ? 6 : 5))
          .join('\n'),
      )
      .filter((data) => data !== '');
  };
};
