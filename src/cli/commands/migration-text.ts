/** How a plan or a migration reads in a terminal: the files, the items that want eyes, the sums, the proof. */
import type { Output } from '../../contract/commands.ts';
import { formatCount, formatSize, formatValue, paragraph, printable, table, type Column } from '../format.ts';
import type { Session } from '../session.ts';

type Migration = Output<'migration.plan'>;
type Item = Migration['items'][number];
type Source = Migration['sources'][number];

const fileColumns: Column[] = [
  { title: 'FILE', narrow: 'key' },
  { title: 'STATUS' },
  { title: 'SIZE', align: 'right' },
  { title: 'ITEMS', align: 'right' },
  { title: 'NOTES', narrow: 'wrap' },
];

const errorWords = ({ error }: Source): string[] => {
  if (error === undefined) return [];
  const column = error.column === undefined ? '' : `, column ${String(error.column)}`;
  const place = error.line === undefined ? '' : ` (line ${String(error.line)}${column})`;
  return [`${printable(error.message)}${place}`];
};

const fileTable = (data: Migration, session: Session): string[] => {
  const rows = data.sources.map((source) => [
    printable(source.file),
    source.status,
    source.sizeBytes === undefined ? '' : formatSize(source.sizeBytes),
    source.status === 'read' ? String(data.items.filter((item) => item.file === source.file).length) : '',
    [...errorWords(source), ...(source.notes ?? []).map(printable)].join('; '),
  ]);
  return table(fileColumns, rows, session.width, session.io.strong);
};

const valueWords = (item: Item): string =>
  item.secret ? 'secret' : item.preview === undefined ? '' : formatValue(item.preview);

/** A setting or secret goes by its key alone; other kinds say what they are. */
export const targetWords = ({ kind, key }: { kind: string; key: string }): string =>
  kind === 'setting' || kind === 'secret' ? printable(key) : `${kind} ${printable(key)}`;

const itemColumns: Column[] = [
  { title: 'ACTION' },
  { title: 'LINE', align: 'right' },
  { title: 'FROM', narrow: 'key' },
  { title: 'TO', narrow: 'key' },
  { title: 'VALUE', narrow: 'cut' },
  { title: 'WHY', narrow: 'wrap' },
];

const itemRow = (item: Item): string[] => [
  item.action,
  item.line === undefined ? '' : String(item.line),
  printable(item.path),
  item.target === null ? '' : targetWords(item.target),
  valueWords(item),
  item.reason === undefined ? '' : printable(item.reason),
];

/** One table a file, under the file's name; columns that nobody uses are left out. */
const itemTables = (items: readonly Item[], session: Session): string[] => {
  const { strong, faint } = session.io;
  const byFile = new Map<string, Item[]>();
  for (const item of items) {
    const listed = byFile.get(item.file);
    if (listed === undefined) byFile.set(item.file, [item]);
    else listed.push(item);
  }
  return [...byFile].flatMap(([file, listed]) => {
    const rows = listed.map(itemRow);
    const used = itemColumns.map((_, i) => rows.some((row) => row[i] !== ''));
    const lines = table(
      itemColumns.filter((_, i) => used[i]),
      rows.map((row) => row.filter((_, i) => used[i])),
      session.width - 2,
      faint,
    );
    return ['', strong(printable(file)), ...lines.map((line) => `  ${line}`)];
  });
};

const sums = ({ totals }: Migration): string =>
  (['create', 'update', 'unchanged', 'skip', 'conflict', 'quarantine'] as const)
    .filter((action) => totals[action] > 0 || action === 'create')
    .map((action) => `${String(totals[action])} ${action}`)
    .join(', ');

const backupLines = (data: Migration, width: number): string[] => {
  if (data.backup === null) return [];
  const { path, files, sizeBytes, provenAt } = data.backup;
  const proof = provenAt === null ? 'sealed' : 're-opened and compared';
  const text = `Backed up ${formatCount(files, 'legacy file')} to ${printable(path)} (${formatSize(sizeBytes)}, encrypted, ${proof}).`;
  return paragraph(text, width, '  ');
};

const verificationLines = (data: Migration): string[] => {
  if (data.verification === null) return [];
  const { ok, checks } = data.verification;
  const bad = checks.filter((check) => !check.ok);
  return [
    ok ? `Verified: ${formatCount(checks.length, 'check')} passed.` : 'VERIFICATION FAILED:',
    ...bad.map((check) => {
      const detail = check.detail === undefined ? '' : ` (${printable(check.detail)})`;
      return `  ${printable(check.name)}: expected ${String(check.expected)}, found ${String(check.found)}${detail}`;
    }),
  ];
};

const endings = {
  plan: 'Dry run: nothing was written.',
  backup: 'Only the backup was made: nothing was migrated.',
  run: 'The legacy files were not touched.',
} as const;

/** `plan` lists every item; a run lists only what was not simply taken over. */
export const migrationText = (data: Migration, session: Session, what: keyof typeof endings): string[] => {
  const quiet = new Set(what === 'plan' ? ['unchanged'] : ['create', 'update', 'unchanged']);
  const items = what === 'backup' ? [] : data.items.filter((item) => !quiet.has(item.action));
  const verb = what === 'plan' ? 'Would migrate' : 'Migrated';
  return [
    session.io.strong(`${printable(data.definitionTitle)} (${printable(data.definition)})`),
    '',
    ...fileTable(data, session),
    ...itemTables(items, session),
    '',
    ...data.warnings.flatMap((warning) => paragraph(`! ${printable(warning)}`, session.width, '  ')),
    ...(what === 'backup' ? [] : [`${verb}: ${sums(data)}.`]),
    ...backupLines(data, session.width),
    ...verificationLines(data),
    endings[what],
  ];
};
