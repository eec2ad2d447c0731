import { describe, expect, it } from 'vitest';
import { auditInput } from './audit.ts';

const now = '2026-03-01T08:00:00.000Z';

describe('auditInput', () => {
  it('turns the options into the input of audit.list', () => {
    expect(
      auditInput(
        {
          key: 'general',
          actor: 'ann',
          since: '7d',
          until: '2026-02-28T00:00:00Z',
          limit: '10',
          after: '99',
          seals: true,
        },
        now,
      ),
    ).toEqual({
      ok: true,
      data: {
        key: 'general',
        actor: 'ann',
        seals: true,
        since: '2026-02-22T08:00:00.000Z',
        until: '2026-02-28T00:00:00.000Z',
        limit: 10,
        after: 99,
      },
    });
    expect(auditInput({}, now)).toEqual({ ok: true, data: {} });
  });

  it('names the option that is wrong', () => {
    const fieldOf = (options: Parameters<typeof auditInput>[0]) => {
      const input = auditInput(options, now);
      return input.ok || input.error.type !== 'InputInvalid' ? null : input.error.field;
    };
    expect([
      fieldOf({ since: 'x' }),
      fieldOf({ until: 'x' }),
      fieldOf({ limit: '0' }),
      fieldOf({ after: '-' }),
    ]).toEqual(['--since', '--until', '--limit', '--after']);
  });
});
