import { readFileSync } from 'node:fs';
import type { Credential } from '../collect/live/job.ts';
import type { LiveTarget } from '../collect/live/targets.ts';
import { isSet, type OptionSpec, type ParsedOptions } from '../config/options.ts';
import { UserError } from '../model/problem.ts';

/** For every command that contacts hosts. */
export const PASSWORD_OPTION: OptionSpec = {
  name: 'password-stdin',
  type: 'flag',
  help: 'read the password for winrm from standard input; else it is RDPOSTURE_PASSWORD, of RDPOSTURE_USER; else who runs this logs on',
  configurable: false,
};

const MAX_PASSWORD = 1024;

/** The account to log on with over WinRM; null: who runs this. A secret is never an argument, which others on this machine can read. */
export function credentialOf(
  options: ParsedOptions,
  targets: readonly Pick<LiveTarget, 'over'>[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Credential | null {
  const isAsked = isSet(options, 'password-stdin');
  if (!isAsked && !targets.some(({ over }) => over === 'winrm')) return null;
  const password = isAsked ? passwordFromInput() : environment['RDPOSTURE_PASSWORD'];
  if (password === undefined || password === '') return null;
  const user = environment['RDPOSTURE_USER'];
  return { user: user === undefined || user === '' ? null : user, password };
}

function passwordFromInput(): string {
  if (process.stdin.isTTY)
    throw new UserError(
      'collect.password',
      '--password-stdin reads a password, and standard input is a terminal.',
      'Pipe it in, from a program that keeps it.',
    );
  const [line = ''] = readFileSync(0, 'utf8').split(/\r?\n/, 1);
  if (line === '' || line.length > MAX_PASSWORD) throw new UserError('collect.password', 'There is no password on standard input.', 'Pipe it in, on one line.');
  return line;
}
