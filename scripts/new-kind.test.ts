/** A new kind of setting takes two files: the contract's list and one field. Shown on a copy of the sources. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = dirname(import.meta.dirname);
const dir = mkdtempSync(join(tmpdir(), 'holdfast-new-kind-'));
const contract = join(dir, 'src', 'contract', 'settings.ts');
const folder = join(dir, 'src', 'renderer', 'settings', 'fields');

beforeAll(() => {
  for (const name of ['src', 'tsconfig', 'package.json'])
    cpSync(join(root, name), join(dir, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  const before = readFileSync(contract, 'utf8');
  const after = before.replace("  'secret',\n] as const", "  'secret',\n  'colour',\n] as const");
  expect(after).not.toBe(before);
  writeFileSync(contract, after);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** What tsc says of the contract and the screens of the copy. */
const typeErrors = (): Promise<string> =>
  new Promise((done) => {
    const tsc = fileURLToPath(import.meta.resolve('typescript/package.json')).replace('package.json', 'bin/tsc');
    execFile(process.execPath, [tsc, '-b', join(dir, 'tsconfig', 'renderer.json')], { cwd: dir }, (_, stdout) =>
      done(stdout),
    );
  });

it('a kind without a field is named when the fields load', async () => {
  await expect(import(join(folder, 'index.tsx'))).rejects.toThrow(/edits the kind colour/u);
});

it('the list in the contract and one field are all that a new kind takes', async () => {
  const field = join(folder, 'colour-field.tsx');
  writeFileSync(
    field,
    `import type { ReactNode } from 'react';
import { isText, textOf, type FieldProps, type KindOfField } from './field-props.ts';
const ColourField = ({ id, labelledBy, value, onEdit }: FieldProps): ReactNode => (
  <input id={id} type="color" aria-labelledby={labelledBy} value={textOf(value)} onChange={(event) => onEdit({ op: 'set', value: event.target.value })} />
);
export const fields: readonly KindOfField[] = [{ kinds: ['colour'], shows: isText, Field: ColourField }];
`,
  );
  // A failed module is not loaded again under the same name.
  const again = join(folder, 'again.tsx');
  cpSync(join(folder, 'index.tsx'), again);
  const { fieldFor } = (await import(again)) as { fieldFor: (kind: string, value: unknown) => { name: string } };
  expect([fieldFor('colour', '#fff').name, fieldFor('colour', 7).name]).toEqual(['ColourField', 'JsonField']);
  rmSync(again);

  const { settingKindOf } = (await import(join(dir, 'src', 'core', 'definitions', 'kind.ts'))) as {
    settingKindOf: (entry: object, value: unknown) => string;
  };
  expect(settingKindOf({ type: 'string', 'x-kind': 'colour' }, '#fff')).toBe('colour');

  expect(await typeErrors()).not.toMatch(/colour/u);
});
