/** `completion bash|zsh|fish`: a script for the shell, made from the command tree itself. It opens no home. */
import type { Command } from 'commander';
import { fail } from '../../contract/result.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import type { AddCommands } from './run.ts';

type Words = { path: string; commands: string[]; options: string[] };

/** Every command with what may follow it; paths are words joined by a blank. */
const tree = (command: Command, path: readonly string[] = []): Words[] => [
  {
    path: path.join(' '),
    commands: command.commands.map((one) => one.name()),
    options: command.options.flatMap((one) => (one.long === undefined || one.long === null ? [] : [one.long])),
  },
  ...command.commands.flatMap((one) => tree(one, [...path, one.name()])),
];

/** What is the same for every command stands once, in `$_holdfast_globals`. */
const rows = (words: readonly Words[], line: (path: string, words: string) => string): string =>
  words.map(({ path, commands, options }) => line(path, [...commands, ...options].join(' '))).join('\n');

/** Words and paths hold only letters, digits and hyphens: nothing of them needs quoting beyond these quotes. */
const bash = (
  words: readonly Words[],
  globals: readonly string[],
): string => `# holdfast: source <(holdfast completion bash)
_holdfast_globals='${globals.join(' ')}'
_holdfast_words() {
  case "$1" in
${rows(words, (path, list) => `    '${path}') echo '${list} '"$_holdfast_globals" ;;`)}
  esac
}
_holdfast() {
  local at="" word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$word" in
      -*) ;;
      *) if [ -n "$(_holdfast_words "\${at:+$at }$word")" ]; then at="\${at:+$at }$word"; fi ;;
    esac
  done
  COMPREPLY=($(compgen -W "$(_holdfast_words "$at")" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _holdfast holdfast`;

const zsh = (words: readonly Words[], globals: readonly string[]): string => `#compdef holdfast
# holdfast: source <(holdfast completion zsh)
_holdfast_globals='${globals.join(' ')}'
_holdfast_words() {
  case "$1" in
${rows(words, (path, list) => `    '${path}') echo '${list} '"$_holdfast_globals" ;;`)}
  esac
}
_holdfast() {
  local at="" word
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ "$word" != -* && -n "$(_holdfast_words "\${at:+$at }$word")" ]]; then at="\${at:+$at }$word"; fi
  done
  compadd -- \${=$(_holdfast_words "$at")}
  _files
}
compdef _holdfast holdfast`;

const fish = (
  words: readonly Words[],
  globals: readonly string[],
): string => `# holdfast: holdfast completion fish | source
set -g _holdfast_globals '${globals.join(' ')}'
function __holdfast_words
  switch "$argv[1]"
${rows(words, (path, list) => `    case '${path}'\n      string split -n ' ' '${list} '"$_holdfast_globals"`)}
  end
end
function __holdfast_complete
  set -l at ''
  for word in (commandline -opc)[2..-1]
    if string match -qv -- '-*' $word
      set -l next (string trim "$at $word")
      if test -n "$(__holdfast_words $next)"
        set at $next
      end
    end
  end
  __holdfast_words $at
end
complete -c holdfast -a '(__holdfast_complete)'`;

const shells = { bash, zsh, fish };
const isShell = (name: string): name is keyof typeof shells => Object.hasOwn(shells, name);

const completion = (program: Command, shell: string): Outcome => {
  if (!isShell(shell)) return trouble(fail({ type: 'Usage', message: 'completion knows bash, zsh and fish.' }));
  const [top, ...rest] = tree(program);
  const globals = top?.options ?? [];
  const script = shells[shell]([...(top === undefined ? [] : [{ ...top, options: [] }]), ...rest], globals);
  return answer({ shell, script }, [script]);
};

export const addCompletion: AddCommands = (program, run) => {
  program
    .command('completion')
    .description('a script that completes commands and options')
    .argument('<shell>', 'bash, zsh or fish')
    .action((shell: string) => run(() => Promise.resolve(completion(program, shell))));
};
