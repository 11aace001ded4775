import { readFileSync } from 'node:fs';

export interface Command {
  /** One line for `--help`. */
  readonly summary: string;
  readonly usage: string;
  readonly load: () => Promise<{ run: (argv: readonly string[]) => Promise<number> | number }>;
}

/** Each command is imported when it is used: the entry file stays as fast as Node itself. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  policy: { summary: 'list, test, lint or start a policy', usage: 'policy list|new|test|lint', load: () => import('./policy-command.ts') },
};

export function helpText(): string {
  const width = Math.max(...Object.values(COMMANDS).map((command) => command.usage.length));
  const lines = Object.values(COMMANDS).map((command) => `  rdposture ${command.usage.padEnd(width)}  ${command.summary}`);
  return `rdposture: policy-as-code posture scanner for Remote Desktop estates\n\n${lines.join('\n')}\n\n  rdposture COMMAND --help shows the options of a command.\n\nExit codes: 0 gate passed, 1 gate failed, 2 you must act, 3 incomplete, 70 bug, 130 interrupted.\n`;
}

export function versionText(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return `${manifest.version}\n`;
}
