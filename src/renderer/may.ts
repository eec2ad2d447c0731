/**
 * Whether who acts may do it: a control names the command that it leads to, and the contract says what that needs. Where
 * the core would refuse it, the control is off and says why. Nobody keeps a second list of what a role may do.
 */
import { createContext, useCallback, useContext } from 'react';
import type { Permission } from '../contract/command.ts';
import { commands, type CommandName } from '../contract/commands.ts';

/** Why who acts may not do what needs this permission; null when they may. */
type Refuse = (needs: Permission) => string | null;

const RefuseContext = createContext<Refuse>(() => null);
export const RefuseProvider = RefuseContext.Provider;

/** For many commands, as a menu has them; a control without a command is never refused. */
export const useRefusals = (): ((command: CommandName | undefined) => string | null) => {
  const refuse = useContext(RefuseContext);
  return useCallback((command) => (command === undefined ? null : refuse(commands[command].permission)), [refuse]);
};

export const useRefusal = (command: CommandName | undefined): string | null => useRefusals()(command);
