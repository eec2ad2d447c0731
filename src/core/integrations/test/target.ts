/** What a test reaches for: from the type's own `test` part, else from the fields that hold an address. Pure. */
import { Buffer } from 'node:buffer';
import type { JsonValue } from '../../../contract/json.ts';
import type { IntegrationTest, IntegrationType } from '../../definitions/types.ts';
import { addressOf, hostAndPort, looksLikeAddress, portOf, type Address } from './address.ts';

export type HttpRequest = {
  method: string;
  path: string;
  host: string;
  headers: { [name: string]: string };
  body: string | null;
  expect: readonly number[] | null;
};

export type Target = Address & { verify: boolean; request: HttpRequest | null };
/** `field`: where the answer was looked for. */
export type Found = { ok: true; target: Target; field: string } | { ok: false; problem: string };

export type Values = ReadonlyMap<string, JsonValue>;

const holePattern = /\{([^{}]+)\}/gu;

const holesIn = (text: string): string[] => [...text.matchAll(holePattern)].map((match) => match[1] ?? '');

const partsOf = (test: IntegrationTest): string[] => [
  test.url,
  ...Object.values(test.headers ?? {}),
  ...(test.basic ?? []).map((field) => `{${field}}`),
  test.body ?? '',
];

const urlNames =
  /(?:^|[_.-])(?:url|uri|address|endpoint|dsn|connection|connection_string|connectionstring)$|[a-z](?:Url|Uri)$/u;
const hostNames = /(?:^|[_.-])(?:host|hostname|server|domain)$/u;

/** Fields a test has to know the value of: nothing else is opened. */
export const wantedFields = (type: IntegrationType | null, names: readonly string[]): string[] => {
  const test = type?.test;
  const holes = test === undefined ? [] : partsOf(test).flatMap(holesIn);
  const others = names.filter(
    (name) =>
      urlNames.test(name) ||
      hostNames.test(name) ||
      type?.fields[name]?.format === 'url' ||
      /port$|ssl|tls|verify/iu.test(name),
  );
  return [...new Set([...holes, ...others])];
};

const textIn = (values: Values, name: string, type: IntegrationType | null): string => {
  const value = values.get(name) ?? type?.fields[name]?.default;
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
};

const isOff = (values: Values): boolean =>
  [...values].some(
    ([name, value]) => /(?:^|[_.-])(?:verify_ssl|ssl_verify|verify_tls|verify)$/u.test(name) && value === false,
  );

type Filled = { ok: true; text: string } | { ok: false; problem: string };

/** `how` turns a field's text into what may stand at the hole. */
const fill = (
  text: string,
  of: (name: string) => string,
  how: (text: string, before: string) => string | null,
): Filled => {
  let problem: string | null = null;
  const filled = text.replace(holePattern, (_, name: string, at: number) => {
    const value = of(name);
    const put = value === '' ? null : how(value, text.slice(0, at));
    problem ??=
      value === '' ? `${name} is not set` : put === null ? `${name} holds characters that cannot stand there` : null;
    return put ?? '';
  });
  return problem === null ? { ok: true, text: filled } : { ok: false, problem };
};

/** At the beginning a whole address, in the host a part of a name, behind it anything, encoded. */
const inUrl = (value: string, before: string): string | null => {
  if (before === '') return value.replace(/\/+$/u, '');
  if (/^[a-z]+:\/\/[^/?#]*$/iu.test(before)) return /^[\w.-]+(?::\d+)?$/u.test(value) ? value : null;
  return encodeURIComponent(value);
};

const inHeader = (value: string): string | null => (/^[\t\u0020-\u007e\u0080-\u00ff]*$/u.test(value) ? value : null);
const inJson = (value: string): string => JSON.stringify(value).slice(1, -1);

const parseUrl = (text: string): URL | null => {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/u.test(url.protocol) && url.hostname !== '' ? url : null;
};

const declared = (type: IntegrationType, test: IntegrationTest, values: Values): Found => {
  const of = (name: string): string => textIn(values, name, type);
  const filled = fill(test.url, of, inUrl);
  if (!filled.ok) return filled;
  const url = parseUrl(filled.text);
  const [field = ''] = holesIn(test.url);
  if (url === null)
    return {
      ok: false,
      problem: `${field === '' ? 'the address' : field} must be an address such as https://example.org`,
    };
  const headers: { [name: string]: string } = {};
  for (const [name, text] of Object.entries(test.headers ?? {})) {
    const value = fill(text, of, inHeader);
    if (!value.ok) return value;
    headers[name] = value.text;
  }
  if (test.basic !== undefined) {
    const empty = test.basic.find((name) => of(name) === '');
    if (empty !== undefined) return { ok: false, problem: `${empty} is not set` };
    const [user, password] = test.basic.map(of);
    headers['authorization'] = `Basic ${Buffer.from(`${user ?? ''}:${password ?? ''}`).toString('base64')}`;
  }
  const body = test.body === undefined ? null : fill(test.body, of, inJson);
  if (body?.ok === false) return body;
  const tls = url.protocol === 'https:';
  return {
    ok: true,
    field,
    target: {
      host: url.hostname.replace(/^\[|\]$/gu, ''),
      port: url.port === '' ? (tls ? 443 : 80) : Number(url.port),
      tls,
      verify: !isOff(values),
      request: {
        method: test.method ?? 'GET',
        path: `${url.pathname}${url.search}`,
        host: url.host,
        headers,
        body: body?.text ?? null,
        expect: test.expect ?? null,
      },
    },
  };
};

const plainPort = (type: string): number =>
  [
    ...([
      ['postgres', 5432],
      ['mysql', 3306],
      ['mssql', 1433],
      ['smtp', 25],
      ['email', 25],
    ] as const),
  ].find(([word]) => type.includes(word))?.[1] ?? 443;

const portField = (values: Values, hostName: string, type: IntegrationType | null): number | null => {
  const own = hostName.replace(/(?:host|hostname|server|domain)$/u, 'port');
  return portOf(textIn(values, own, type)) ?? portOf(textIn(values, 'port', type));
};

const isOn = (values: Values): boolean =>
  [...values].some(([name, value]) => /(?:^|[_.-])(?:use_)?(?:ssl|tls)$/u.test(name) && value === true);

const fromHost = (typeId: string, type: IntegrationType | null, name: string, values: Values): Address | null => {
  const text = textIn(values, name, type);
  const found = hostAndPort(text);
  if (found === null) return null;
  const port = found.port ?? portField(values, name, type) ?? plainPort(name.startsWith('smtp') ? 'smtp' : typeId);
  // Mail begins in clear on its usual ports, whatever is switched on later.
  const mail = name.startsWith('smtp') || typeId === 'email';
  return { host: found.host, port, tls: mail ? port === 465 : [443, 8443].includes(port) || isOn(values) };
};

/** Address fields before host fields, in the definition's order; a default counts where nothing is set. */
export const findTarget = (typeId: string, type: IntegrationType | null, values: Values): Found => {
  if (type?.test !== undefined) return declared(type, type.test, values);
  const names = [...new Set([...Object.keys(type?.fields ?? {}), ...values.keys()])];
  const isUrl = (name: string): boolean => type?.fields[name]?.format === 'url' || urlNames.test(name);
  const ordered = [...names.filter(isUrl), ...names.filter((name) => !isUrl(name) && hostNames.test(name))];
  for (const name of ordered) {
    const text = textIn(values, name, type);
    if (text === '') continue;
    const address = looksLikeAddress(text) ? addressOf(text) : fromHost(typeId, type, name, values);
    if (address === null) return { ok: false, problem: `no host can be read from ${name}` };
    return { ok: true, field: name, target: { ...address, verify: !isOff(values), request: null } };
  }
  return {
    ok: false,
    problem:
      ordered.length === 0 ? 'none of its fields holds an address' : `set ${ordered.slice(0, 3).join(' or ')} first`,
  };
};
