/** What the bundler gives for a style sheet: class names by their name in the file. */
declare module '*.module.css' {
  const classes: { readonly [name: string]: string };
  export default classes;
}
declare module '*.css' {}
/** Every file that fits the pattern, by its path; the bundler puts them in. */
interface ImportMeta {
  glob: <T>(pattern: string, options: { eager: true }) => { readonly [path: string]: T };
}
