import { versionOf } from './paths.ts';

export interface Command {
  /** One line for `--help`. */
  readonly summary: string;
  readonly usage: string;
  readonly load: () => Promise<{ run: (argv: readonly string[]) => Promise<number> | number }>;
}

/** Each command is imported when it is used: the entry file stays as fast as Node itself. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  scan: { summary: 'judge an estate, snapshots, templates or programs', usage: 'scan [PATH…]', load: () => import('./scan-command.ts') },
  collect: { summary: 'write snapshots of live targets, judge nothing', usage: 'collect [TARGET…]', load: () => import('./collect-command.ts') },
  fix: { summary: 'edit files, or write scripts', usage: 'fix [REPORT|PATH…]', load: () => import('./fix-command.ts') },
  apply: { summary: 'make hosts match their declared settings', usage: 'apply [TARGET…]', load: () => import('./apply-command.ts') },
  explain: { summary: 'a policy, or a disconnect code such as 0x3/0x7', usage: 'explain ID|CODE', load: () => import('./explain-command.ts') },
  diagnose: {
    summary: 'which findings of a host fit a disconnect code',
    usage: 'diagnose CODE HOST [PATH…]',
    load: () => import('./diagnose-command.ts'),
  },
  doctor: { summary: 'can each target be reached and read; what to do if not', usage: 'doctor [TARGET…]', load: () => import('./doctor-command.ts') },
  render: { summary: 'any output from a saved report', usage: 'render REPORT', load: () => import('./render-command.ts') },
  policy: { summary: 'list, test, lint or start a policy', usage: 'policy list|new|test|lint', load: () => import('./policy-command.ts') },
  waiver: { summary: 'list, add or check accepted risks', usage: 'waiver add|list|lint', load: () => import('./waiver-command.ts') },
};

export const EXIT_CODES = '0 gate passed, 1 gate failed, 2 you must act, 3 incomplete, 70 bug, 130 interrupted';

export function helpText(): string {
  const width = Math.max(...Object.values(COMMANDS).map((command) => command.usage.length));
  const lines = Object.values(COMMANDS).map((command) => `  rdposture ${command.usage.padEnd(width)}  ${command.summary}`);
  return `rdposture: policy-as-code posture scanner for Remote Desktop estates\n\n${lines.join('\n')}\n\n  rdposture COMMAND --help shows the options of a command.\n\nExit codes: ${EXIT_CODES}.\n`;
}

export function versionText(): string {
  return `${versionOf()}\n`;
}
