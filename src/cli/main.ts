#!/usr/bin/env node
import { forTerminal } from '../lib/escape.ts';
import { nearest } from '../lib/schema-check.ts';
import { UserError } from '../model/problem.ts';
import { COMMANDS, helpText, versionText } from './commands.ts';
import { INTERRUPTED, isInterrupt } from './interrupt.ts';

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
  if (command === undefined) {
    const near = nearest(name, Object.keys(COMMANDS));
    throw new UserError(
      'cli.unknown-command',
      `There is no command '${name}'.`,
      near === undefined ? '`rdposture --help` lists them.' : `Did you mean '${near}'?`,
    );
  }
  const { run } = await command.load();
  return await run(rest);
}

function reportFailure(error: unknown): number {
  if (error instanceof UserError) {
    const lines = [error.message, ...error.details.map((detail) => `  ${detail}`), ...(error.hint === undefined ? [] : [`  ${error.hint}`])];
    process.stderr.write(`rdposture: ${lines.map((line) => `${forTerminal(line)}\n`).join('')}`);
    return 2;
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.startsWith('ERR_PARSE_ARGS_'))
    return reportFailure(new UserError('cli.option', `${(error as Error).message.split('. ')[0] ?? ''}.`, '`--help` lists the options.'));
  const detail = error instanceof Error ? (process.env['RDPOSTURE_DEBUG'] === undefined ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`rdposture: a bug: ${forTerminal(detail)}\n  Please report it with the command you ran; RDPOSTURE_DEBUG=1 shows where it happened.\n`);
  return 70;
}

/** A reader that went away (`| head`) is no failure of ours, and changes nothing of the gate. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exit(70);
  });
}
process.on('SIGINT', () => process.exit(INTERRUPTED));

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    // What was interrupted has not been able to stop its threads.
    if (isInterrupt(error)) process.exit(INTERRUPTED);
    process.exitCode = reportFailure(error);
  },
);
