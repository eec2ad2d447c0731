import { describe, expect, it } from 'vitest';
import { addressOf, hostAndPort } from './address.ts';
import { findTarget, type Values } from './target.ts';

const place = (text: string): string | null => {
  const found = addressOf(text);
  return found === null ? null : `${found.host}:${String(found.port)}${found.tls ? ' tls' : ''}`;
};

describe('an address', () => {
  it.each([
    ['https://splunk.example.org:8089/services', 'splunk.example.org:8089 tls'],
    ['http://example.org', 'example.org:80'],
    ['postgresql://reader:pass@db.example.org/sales', 'db.example.org:5432'],
    ['postgresql+asyncpg://reader:p@ss/word@db:6432/sales?sslmode=require', 'db:6432'],
    ['postgres://[2001:db8::1]:5433/x', '2001:db8::1:5433'],
    ['mongodb://u:p@one:27018,two:27019/db', 'one:27018'],
    ['jdbc:sqlserver://sql.example.org:1444;databaseName=x;password=y', 'sql.example.org:1444'],
    ['rediss://:secret@cache/0', 'cache:6379 tls'],
    ['Server=localhost;Database=test;', 'localhost:1433'],
    ['Server=tcp:sql.example.net,1435;Database=x;User Id=a;Password=b', 'sql.example.net:1435'],
    ['Data Source=box\\INSTANCE;Initial Catalog=x', 'box:1433'],
    ['Host=db;Port=6000;Username=a', 'db:6000'],
    ['host=db.example.org dbname=x user=y', 'db.example.org:5432'],
  ])('%s', (text, expected) => {
    expect(place(text)).toBe(expected);
  });

  it.each([
    ['a password that could be taken for a host', 'postgresql://user:pa?ss@db/x'],
    ['no host', 'postgresql:///sales'],
    ['an unknown scheme', 'gopher://example.org'],
    ['a port out of range', 'http://example.org:70000'],
    ['pairs without a server', 'Driver=x;Database=y'],
  ])('is none with %s', (_, text) => {
    expect(place(text)).toBeNull();
  });

  it('is a host with or without a port', () => {
    expect(hostAndPort('example.org')).toEqual({ host: 'example.org', port: null });
    expect(hostAndPort('example.org:99')).toEqual({ host: 'example.org', port: 99 });
    expect(hostAndPort('two words')).toBeNull();
  });
});

const values = (of: { [field: string]: string | number | boolean }): Values => new Map(Object.entries(of));
const text = { type: 'string' };

describe('the target of a test', () => {
  const described = {
    title: 'Tickets',
    fields: { url: { ...text, format: 'url' }, user: text, token: { ...text, 'x-secret': true }, region: text },
    test: {
      url: '{url}/rest/{region}/me',
      headers: { 'x-token': 'Bearer {token}' },
      basic: ['user', 'token'] satisfies [string, string],
      expect: [200, 204],
    },
  };

  it('is what the type says, each field put in its place', () => {
    const found = findTarget(
      't',
      described,
      values({ url: 'https://t.example/', user: 'me', token: 'abc', region: 'a/b' }),
    );
    expect(found).toEqual({
      ok: true,
      field: 'url',
      target: {
        host: 't.example',
        port: 443,
        tls: true,
        verify: true,
        request: {
          method: 'GET',
          path: '/rest/a%2Fb/me',
          host: 't.example',
          headers: { 'x-token': 'Bearer abc', authorization: `Basic ${btoa('me:abc')}` },
          body: null,
          expect: [200, 204],
        },
      },
    });
  });

  it('is none while a field is missing, or would break out of its place', () => {
    const of = (more: { [field: string]: string }) =>
      findTarget('t', described, values({ url: 'https://t.example', user: 'me', token: 'abc', region: 'eu', ...more }));
    expect(of({ region: '' })).toEqual({ ok: false, problem: 'region is not set' });
    expect(of({ url: 'file:///etc/passwd' })).toMatchObject({ ok: false });
    expect(of({ token: 'abc\r\nhost: evil' })).toEqual({
      ok: false,
      problem: 'token holds characters that cannot stand there',
    });
    expect(of({ user: '' })).toEqual({ ok: false, problem: 'user is not set' });
    const inHost = { ...described, test: { url: 'https://{region}.example.org/' } };
    expect(findTarget('t', inHost, values({ region: 'evil.org/' }))).toMatchObject({ ok: false });
  });

  it('is else the first field with an address, then a host with its port', () => {
    const of = (fields: { [field: string]: string | number | boolean }, type = 'x') => {
      const found = findTarget(type, null, values(fields));
      return found.ok
        ? `${found.field} ${found.target.host}:${String(found.target.port)} ${String(found.target.tls)} ${String(found.target.verify)}`
        : found.problem;
    };
    expect(of({ name: 'https://not.this', api_url: 'https://a.example', verify_ssl: false })).toBe(
      'api_url a.example:443 true false',
    );
    expect(of({ host: 'db', port: 6432 }, 'sql_postgres')).toBe('host db:6432 false true');
    expect(of({ smtp_host: 'mail', smtp_port: 587, use_tls: true })).toBe('smtp_host mail:587 false true');
    const mail = { title: 'Mail', fields: { smtp_host: text, smtp_port: { type: 'integer', default: 587 } } };
    expect(findTarget('email', mail, values({ smtp_host: 'mail' }))).toMatchObject({ target: { port: 587 } });
    expect(of({ hostname: 'firewall' })).toBe('hostname firewall:443 true true');
    expect(of({ connection_string: 'Server=db;Password=x' })).toBe('connection_string db:1433 false true');
    expect(of({ connection_string: 'what://?' })).toBe('no host can be read from connection_string');
    expect(of({ host: '' })).toBe('set host first');
    expect(of({ api_key: 'x' })).toBe('none of its fields holds an address');
  });
});
