import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Redactor, redactor } from '../collect/live/redact.ts';
import type { Estate } from '../model/estate.ts';
import { UserError } from '../model/problem.ts';

const MIN_KEY = 16;

/**
 * Stand-ins are made with a secret key, else a list of names would undo them. `RDPOSTURE_REDACT_KEY`, or one that is made once
 * for this user and kept. Machines that share the work need the same one.
 */
export function redactorFor(estate: Estate, isShared: boolean): Redactor {
  return redactor(keyOf(isShared), [
    ...estate.intent.adminNetworks,
    ...estate.hosts.map((host) => host.address),
    ...estate.gateways.map((gateway) => gateway.address),
  ]);
}

function keyOf(isShared: boolean): string {
  const given = process.env['RDPOSTURE_REDACT_KEY'];
  if (given !== undefined && given !== '') {
    if (given.length < MIN_KEY)
      throw new UserError('collect.redact-key', `RDPOSTURE_REDACT_KEY is shorter than ${MIN_KEY} characters.`, 'Make one with `openssl rand -hex 32`.');
    return given;
  }
  if (isShared)
    throw new UserError(
      'collect.redact-key',
      '--redact with --shard needs the same key on every machine.',
      'Set RDPOSTURE_REDACT_KEY, for example to what `openssl rand -hex 32` prints.',
    );
  const file = keyFile();
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  }
  return readFileSync(file, 'utf8').trim();
}

function keyFile(): string {
  const { XDG_CONFIG_HOME, APPDATA } = process.env as Readonly<Record<'XDG_CONFIG_HOME' | 'APPDATA', string | undefined>>;
  const base = process.platform === 'win32' ? (APPDATA ?? homedir()) : (XDG_CONFIG_HOME ?? join(homedir(), '.config'));
  return join(base, 'rdposture', 'redact.key');
}
