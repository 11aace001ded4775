#!/usr/bin/env node
import { forTerminal } from '../lib/escape.ts';
import { UserError } from '../model/problem.ts';
import { COMMANDS, helpText, versionText } from './commands.ts';

/** Argument list to exit code: the only place that catches, and the only one that sets the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(helpText());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-V') {
    process.stdout.write(versionText());
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) throw new UserError('cli.unknown-command', `There is no command '${name}'.`, '`rdposture --help` lists them.');
  const { run } = await command.load();
  return await run(rest);
}

function reportFailure(error: unknown): number {
  if (error instanceof UserError) {
    process.stderr.write(`rdposture: ${forTerminal(error.message)}\n${error.hint === undefined ? '' : `  ${forTerminal(error.hint)}\n`}`);
    return 2;
  }
  const detail = error instanceof Error ? (process.env['RDPOSTURE_DEBUG'] === undefined ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`rdposture: a bug: ${forTerminal(detail)}\n  Please report it with the command you ran; RDPOSTURE_DEBUG=1 shows where it happened.\n`);
  return 70;
}

/** A reader that went away (`| head`) is no failure of ours. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 70);
});
process.on('SIGINT', () => process.exit(130));

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.exitCode = reportFailure(error);
  },
);
