/** What each table is for, in words: SQLite keeps no comments on tables. A test reads that none is forgotten. */
export const tableNotes: Readonly<Record<string, string>> = {
  meta: "the store's own facts: its id, when it was made, its schema version",
  term: 'repeated texts, kept once: names of people, doors, actions, files',
  subject: 'everything that has a value: settings, integrations, records, by kind and key',
  change_set: 'one row for each save: when, by whom, through which door, why',
  version: 'every value that a subject ever had; a secret only encrypted',
  audit: 'the log: what was done to which subject, chained by hashes',
  live: 'the version that counts now, for each subject that has one',
  migration_run: 'imports of files: when, with which definition, what came of it',
  source_file: 'the files of an import as they were when read',
  ledger: 'where each imported value came from: file, line and column',
  backup: 'backups that were made: when, how large, whether proven',
  tally: 'numbers that are shown at every look, kept by triggers',
  hour: 'change sets by hour: finds a time in the log at once',
  door: 'the doors that changes came through',
};
