import type { LiveTarget } from '../collect/live/targets.ts';
import { forTerminal, truncate } from '../lib/escape.ts';
import type { Problem } from '../model/problem.ts';

type Shown = Pick<LiveTarget, 'name'>;

/** Tells how far a collection is. */
export interface Progress {
  readonly begin: (total: number) => void;
  readonly started: (target: Shown) => void;
  readonly section: (target: Shown, section: string) => void;
  readonly ended: (target: Shown, problem: Problem | null) => void;
  readonly end: () => void;
}

const NONE = (): void => {};
export const SILENT: Progress = { begin: NONE, started: NONE, section: NONE, ended: NONE, end: NONE };

/** A terminal is not written to more often. */
const EVERY_MS = 100;

/** One line on standard error that is written over, on a terminal; nothing in a log. */
export function terminalProgress(stream: NodeJS.WriteStream, verb = 'collecting'): Progress {
  if (!stream.isTTY || process.env['TERM'] === 'dumb' || process.env['CI'] !== undefined) return SILENT;
  const running = new Map<string, string>();
  let [total, done, failed, drawn] = [0, 0, 0, 0];
  const draw = (now: boolean): void => {
    const time = performance.now();
    if (!now && time - drawn < EVERY_MS) return;
    drawn = time;
    const last = [...running].at(-1);
    const failures = failed === 0 ? '' : `, ${failed} failed`;
    const at = last === undefined ? '' : `: ${last[0]}${last[1] === '' ? '' : ` ${last[1]}`}${running.size > 1 ? ` and ${running.size - 1} more` : ''}`;
    stream.write(`\r\u001b[K${truncate(forTerminal(`${verb} ${done}/${total}${failures}${at}`), Math.max(20, (stream.columns ?? 80) - 1))}`);
  };
  return {
    begin: (count) => {
      total = count;
      draw(true);
    },
    started: ({ name }) => {
      running.set(name, '');
      draw(false);
    },
    section: ({ name }, section) => {
      running.delete(name);
      running.set(name, section.slice(0, 60));
      draw(false);
    },
    ended: ({ name }, problem) => {
      running.delete(name);
      done++;
      if (problem !== null) failed++;
      draw(done === total);
    },
    end: () => stream.write('\r\u001b[K'),
  };
}
