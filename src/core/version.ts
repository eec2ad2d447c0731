/** The version of this app: in backups, the owner socket, `--version`. Imports nothing. */
export const appVersion = '0.1.0';
