import { dirname } from 'node:path';
import { start } from '../live/child.ts';

/** How `pulumi preview` is run. */
export interface PreviewRun {
  /** The CLI, absolute. */
  readonly program: string;
  /** The project file, absolute. */
  readonly project: string;
  /** Null: the one that is selected there. */
  readonly stack: string | null;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/** What it printed; and, when it did not end well, why in words. */
export interface PreviewResult {
  readonly text: string;
  readonly failed: string | null;
}

/** As much as is read of any file. */
const MAX_OUTPUT = 160 * 1024 * 1024;
/** What is shown of standard error: its end says what went wrong. */
const SHOWN = 1000;

/**
 * Runs `pulumi preview --json --show-sames` (https://www.pulumi.com/docs/iac/cli/commands/pulumi_preview/), without a shell and
 * without questions. This runs the program of the project, with the rights of who asks for it.
 */
export async function runPreview({ program, project, stack, timeoutSeconds, signal }: PreviewRun): Promise<PreviewResult> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let ended: 'late' | 'too-large' | 'interrupted' | null = null;
  const args = [
    'preview',
    '--json',
    '--show-sames',
    '--non-interactive',
    '--color=never',
    `--cwd=${dirname(project)}`,
    ...(stack === null ? [] : [`--stack=${stack}`]),
  ];
  const running = start(
    program,
    args,
    (chunk) => {
      bytes += chunk.length;
      if (bytes <= MAX_OUTPUT) chunks.push(chunk);
      else end('too-large');
    },
    { PULUMI_SKIP_UPDATE_CHECK: 'true' },
  );
  const end = (why: NonNullable<typeof ended>): void => {
    ended ??= why;
    running.kill();
  };
  const interrupt = (): void => end('interrupted');
  const timer = setTimeout(() => end('late'), timeoutSeconds * 1000);
  signal.addEventListener('abort', interrupt);
  if (signal.aborted) interrupt();
  running.child.stdin?.end();
  const { code, error } = await running.ended;
  clearTimeout(timer);
  signal.removeEventListener('abort', interrupt);
  return { text: Buffer.concat(chunks).toString('utf8'), failed: failureOf(ended, code, error, running.stderr(), timeoutSeconds) };
}

function failureOf(ended: string | null, code: number | null, error: NodeJS.ErrnoException | null, stderr: string, timeoutSeconds: number): string | null {
  if (ended === 'late') return `it was not over after ${timeoutSeconds} seconds and was ended`;
  if (ended === 'too-large') return 'it printed more than 160 MiB and was ended';
  if (ended === 'interrupted') return 'it was interrupted';
  if (error !== null) return `it could not be started (${error.code ?? error.message})`;
  if (code === 0) return null;
  const said = stderr.trim().slice(-SHOWN);
  return `it ended with ${code === null ? 'a signal' : `exit code ${code}`}${said === '' ? '' : `: ${said}`}`;
}
