/** The child process that asks the system's keyring; a real Secret Service is asked in secret-service.test.ts. */
import { describe, expect, it } from 'vitest';
import { askChild, keyringProgram, systemKeyring } from './system-keyring.ts';

const request = { act: 'get', account: 'nobody' } as const;
const ask = (program: string, limitMs = 30_000) => askChild(request, { program, args: [], limitMs });

describe('the child that asks the keyring', () => {
  it('is ended when it stays silent', async () => {
    expect(await ask('setInterval(() => {}, 1000)', 300)).toEqual({ state: 'slow' });
  });

  it('what it says is not believed without looking', async () => {
    for (const program of [
      'process.exit(3)',
      'process.stdout.write("not JSON")',
      'process.stdout.write("null")',
      'process.stdout.write(JSON.stringify({ state: "found", value: 7 }))',
      'process.stdout.write("x".repeat(100000))',
      'throw new Error("native part missing")',
    ])
      expect(await ask(program)).toEqual({ state: 'unavailable' });
    expect(await ask('process.stdout.write(JSON.stringify({ state: "missing" }))')).toEqual({ state: 'missing' });
  });

  it('gets the value through its stdin, not where other programs could read it', async () => {
    const program = `
      let text = '';
      process.stdin.on('data', (part) => { text += part; });
      process.stdin.on('end', () => {
        const { value } = JSON.parse(text);
        const seen = process.argv.join(' ').includes(value) || JSON.stringify(process.env).includes(value);
        process.stdout.write(JSON.stringify({ state: 'found', value: seen ? 'seen' : 'hidden' }));
      });`;
    const canary = 'canary-for-the-keyring-51f0';
    const answer = await askChild({ act: 'set', account: 'a', value: canary }, { program, args: [], limitMs: 30_000 });
    expect(answer).toEqual({ state: 'found', value: 'hidden' });
  });

  it('says that the keyring is of no use where its module cannot be loaded', async () => {
    const answer = await askChild(request, { program: keyringProgram, args: ['/no/such/module'], limitMs: 30_000 });
    expect(answer).toEqual({ state: 'unavailable' });
  });
});

it('without any service it answers, and does not wait', async () => {
  expect(['unavailable', 'missing', 'slow']).toContain((await systemKeyring.get('holdfast-test-no-such-home')).state);
});
