import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../contract/json.ts';
import { formFields, withMember } from './shape.ts';

const schema: JsonObject = {
  type: 'object',
  required: ['title'],
  properties: {
    title: { type: 'string', title: 'Name', description: 'What it is called' },
    status: { type: 'string', enum: ['open', 'done'] },
    priority: { type: ['integer', 'null'] },
    target_date: { type: 'string', format: 'date' },
    weekly_actions: { type: 'array', items: { type: 'string' } },
    metrics: { type: 'object' },
    timeline: { type: 'object', properties: { start: { type: 'string', format: 'date' }, phases: { type: 'array' } } },
  },
};

const kinds = (value: JsonObject): string[] => formFields(schema, value).map(({ key, kind }) => `${key} ${kind}`);

describe('formFields', () => {
  it('follow the schema, then what else the value holds', () => {
    const value = { title: 'a', note: 'x', count: 3, 'odd name': ['a'], deep: { a: 1 } };
    expect(kinds(value)).toEqual([
      'title string',
      'status enum',
      'priority integer',
      'target_date date',
      'weekly_actions list',
      'metrics json',
      'timeline group',
      'note string',
      'count number',
      '["odd name"] list',
      'deep json',
    ]);
    expect(formFields(schema, value)[0]).toMatchObject({ title: 'Name', required: true, value: 'a' });
    expect(formFields(schema, value)[4]).toMatchObject({ title: 'Weekly actions', required: false, value: undefined });
  });

  it('show as JSON what their own field could not show', () => {
    expect(
      kinds({ title: 7, status: 'else', priority: null, target_date: 'soon', weekly_actions: [1], timeline: 'later' }),
    ).toEqual([
      'title json',
      'status enum',
      'priority integer',
      'target_date string',
      'weekly_actions json',
      'metrics json',
      'timeline json',
    ]);
  });

  it('go one level into a group', () => {
    const group = formFields(schema, { timeline: { start: '2026-01-01', by: 'Ann' } }).find(
      ({ kind }) => kind === 'group',
    );
    expect(group?.fields.map(({ key, kind }) => `${key} ${kind}`)).toEqual([
      'timeline.start date',
      'timeline.phases json',
      'timeline.by string',
    ]);
  });
});

describe('withMember', () => {
  it('sets, makes groups on the way, and takes out', () => {
    expect(withMember({ a: 1 }, ['b', 'c'], 2)).toEqual({ a: 1, b: { c: 2 } });
    expect(withMember({ a: 1, b: { c: 2, d: 3 } }, ['b', 'c'], undefined)).toEqual({ a: 1, b: { d: 3 } });
    expect(withMember({ a: 1 }, ['a'], undefined)).toEqual({});
  });
});
