import { format, inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createSecret } from './secret.ts';

test('a secret shows as *** in every way of printing, and reveals on demand', () => {
  const secret = createSecret('hunter2hunter2');
  const seen = [
    JSON.stringify({ secret }),
    inspect({ deep: { secret } }, { showHidden: true, depth: 9 }),
    format('%s %o %j', secret, secret, secret),
    String(secret),
    JSON.stringify(Object.entries(secret)),
    JSON.stringify({ ...secret }),
  ].join('\n');
  expect(seen).not.toContain('hunter2');
  expect(JSON.stringify({ secret })).toBe('{"secret":"***"}');
  expect(`<${secret as unknown as string}>`).toBe('<***>');
  expect(secret.reveal()).toBe('hunter2hunter2');
});
