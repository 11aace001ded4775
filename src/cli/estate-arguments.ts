import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../model/problem.ts';
import { estateFileOf } from '../scan/plan.ts';

export interface EstateArguments {
  /** Absolute. */
  readonly estateFile: string;
  /** What is named of it. */
  readonly names: readonly string[];
}

/** Of what is named, an estate's file or folder is the estate; the rest are targets. Throws UserError where there is no estate, or more than one. */
export function estateAndNames(command: string, given: readonly string[], folder: string, sourceRoot: string): EstateArguments {
  const estates = given.filter((name) => existsSync(resolve(folder, name)) && estateFileOf(resolve(folder, name), sourceRoot) !== null);
  if (estates.length > 1) throw new UserError('estate.two', 'Two estates are named.', 'Name one estate at a time.');
  const estateFile = estateFileOf(resolve(folder, estates[0] ?? '.'), sourceRoot);
  if (estateFile === null)
    throw new UserError(`${command}.no-estate`, 'There is no estate here.', `Go to the folder of an estate.yaml, or name it: \`rdposture ${command} FOLDER\`.`);
  return { estateFile, names: given.filter((name) => name !== estates[0]) };
}
