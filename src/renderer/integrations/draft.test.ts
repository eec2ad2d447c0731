import { describe, expect, it } from 'vitest';
import type { ChangeView } from '../../contract/settings.ts';
import { defaultHint, diffText, fieldChanges, freeId, shownField, withEdit, type FormField } from './draft.ts';

const field = (more: Partial<FormField> = {}): FormField => ({
  key: 'url',
  title: 'Address',
  description: '',
  kind: 'url',
  secret: false,
  schema: { type: 'string' },
  value: 'https://a.example',
  set: true,
  version: 4,
  ...more,
});

describe('edits of a form', () => {
  it('become changes, and go when they bring back what is saved', () => {
    const changed = withEdit({}, field(), { op: 'set', value: 'https://b.example' });
    expect(fieldChanges(changed)).toEqual([{ field: 'url', op: 'set', value: 'https://b.example' }]);
    expect(withEdit(changed, field(), { op: 'set', value: 'https://a.example' })).toEqual({});
  });

  it('remove what is emptied, and nothing where nothing is', () => {
    expect(fieldChanges(withEdit({}, field(), { op: 'set', value: '' }))).toEqual([{ field: 'url', op: 'unset' }]);
    expect(withEdit({}, field({ set: false, value: null }), { op: 'set', value: '' })).toEqual({});
  });

  it('keep every new secret, and no half-typed text', () => {
    const secret = field({ key: 'token', secret: true, value: null });
    expect(withEdit({}, secret, { op: 'set', value: 'same or not' })).toHaveProperty('token');
    expect(fieldChanges({ json: { op: 'draft', text: '{', problem: 'no JSON' } })).toEqual([]);
  });

  it('show the default where nothing is set', () => {
    const verify = field({ kind: 'boolean', set: false, value: null, schema: { type: 'boolean', default: true } });
    const text = field({ set: false, value: null, schema: { default: 'https://d.example' } });
    expect([shownField(text, undefined), defaultHint(text, undefined)]).toEqual([
      null,
      'Without a value: https://d.example',
    ]);
    expect(shownField(verify, undefined)).toBe(true);
    expect(shownField(verify, { op: 'set', value: false })).toBe(false);
  });
});

describe('what a save says', () => {
  it('is the first three differences, secrets without values', () => {
    const change = (key: string, more: Partial<ChangeView> = {}): ChangeView => ({
      key,
      action: 'update',
      old: 'a',
      new: 'b',
      secret: false,
      ...more,
    });
    const text = diffText([
      change(''),
      change('url'),
      change('token', { secret: true, old: null, new: null }),
      change('note', { action: 'delete' }),
      change('same', { action: 'unchanged' }),
      change('port'),
    ]);
    expect(text).toBe('url: a → b; token: changed; note: removed; 1 more');
  });
});

describe('freeId', () => {
  it('counts on from what is taken', () => {
    expect(freeId('splunk', [])).toBe('splunk');
    expect(freeId('splunk', ['splunk', 'splunk-2'])).toBe('splunk-3');
  });
});
