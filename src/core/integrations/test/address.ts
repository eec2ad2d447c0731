/** Host and port out of the many ways to write an address: URLs, connection strings, host names. Never shows one. Pure. */

export type Address = { host: string; port: number; tls: boolean };

type Scheme = { port: number; tls: boolean };
const plain = (port: number): Scheme => ({ port, tls: false });
const secure = (port: number): Scheme => ({ port, tls: true });

/** Databases and mail begin in clear and may switch to TLS in their own protocol: that is not tried. */
const schemes: { [scheme: string]: Scheme } = {
  http: plain(80),
  https: secure(443),
  ws: plain(80),
  wss: secure(443),
  postgresql: plain(5432),
  postgres: plain(5432),
  mysql: plain(3306),
  mariadb: plain(3306),
  mssql: plain(1433),
  sqlserver: plain(1433),
  oracle: plain(1521),
  mongodb: plain(27017),
  redis: plain(6379),
  rediss: secure(6379),
  amqp: plain(5672),
  amqps: secure(5671),
  ldap: plain(389),
  ldaps: secure(636),
  smtp: plain(25),
  smtps: secure(465),
  imap: plain(143),
  imaps: secure(993),
  ftp: plain(21),
  sftp: plain(22),
  ssh: plain(22),
  kafka: plain(9092),
  clickhouse: plain(9000),
};

const schemeOf = (name: string): Scheme | null => {
  const base = name.toLowerCase().split('+')[0] ?? '';
  return Object.hasOwn(schemes, base) ? (schemes[base] ?? null) : null;
};

const validHost = (host: string): boolean =>
  /^[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_.])?$/u.test(host) || /^[\da-f:.]+(?:%\w+)?$/iu.test(host);

export const portOf = (value: unknown): number | null => {
  const number = typeof value === 'string' && /^\d+$/u.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= 65535 ? number : null;
};

/** `host`, `host:5432`, `[::1]:5432`, `tcp:host,1433`, `host\instance`; of several hosts the first. */
export const hostAndPort = (text: string): { host: string; port: number | null } | null => {
  const match = /^(?:tcp:)?(?:\[([^\]]+)\]|([^:,\\]+))(?:\\[^:,]*)?(?:[:,]\s*(\d+)(?:,.*)?|,.*)?$/iu.exec(text.trim());
  const host = match?.[1] ?? match?.[2]?.trim() ?? '';
  const port = match?.[3] === undefined ? null : portOf(match[3]);
  if (!validHost(host) || (match?.[3] !== undefined && port === null)) return null;
  return { host, port };
};

/** What stands between `//` and the path; null where a password could be taken for a host. */
const authorityOf = (rest: string): string | null => {
  const [head = '', ...tail] = rest.split('?');
  const at = head.lastIndexOf('@');
  if (at === -1 && tail.join('?').includes('@')) return null;
  return head.slice(at + 1).split(/[/;#]/u)[0] ?? '';
};

const fromUrl = (text: string): Address | null => {
  const match = /^(?:jdbc:)?([a-z][a-z0-9+.-]*):\/\/(.*)$/isu.exec(text);
  const scheme = match === null ? null : schemeOf(match[1] ?? '');
  const authority = authorityOf(match?.[2] ?? '');
  const found = authority === null ? null : hostAndPort(authority);
  return scheme === null || found === null
    ? null
    : { host: found.host, port: found.port ?? scheme.port, tls: scheme.tls };
};

const hostWords = new Set(['server', 'host', 'data source', 'datasource', 'address', 'addr', 'network address']);

/** `Server=db,1433;Database=x;…` and `host=db port=5432 dbname=x`. */
const fromPairs = (text: string): Address | null => {
  const pairs = new Map<string, string>();
  for (const part of text.includes(';') ? text.split(';') : text.split(/\s+/u)) {
    const at = part.indexOf('=');
    if (at > 0) pairs.set(part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim());
  }
  const [word, value] = [...pairs].find(([name]) => hostWords.has(name)) ?? [];
  const found = value === undefined ? null : hostAndPort(value);
  if (found === null) return null;
  const port = found.port ?? portOf(pairs.get('port')) ?? (word === 'host' ? 5432 : 1433);
  return { host: found.host, port, tls: false };
};

export const looksLikeAddress = (text: string): boolean =>
  /^(?:jdbc:)?[a-z][a-z0-9+.-]*:\/\//iu.test(text) || /(?:^|[;\s])(?:server|host|data source|address)\s*=/iu.test(text);

export const addressOf = (text: string): Address | null =>
  text.includes('://') ? fromUrl(text.trim()) : fromPairs(text);
