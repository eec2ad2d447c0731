/**
 * Which contract this build has: a print of the files in this folder, put in by the build (electron.vite.config.ts). Two
 * processes with different prints must not talk: one could misread what the other answers.
 */
declare const HOLDFAST_CONTRACT: string | undefined;

/** From sources, as in tests, there is only one. */
export const contractPrint = typeof HOLDFAST_CONTRACT === 'undefined' ? 'sources' : HOLDFAST_CONTRACT;
