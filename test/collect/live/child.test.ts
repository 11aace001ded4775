import { describe, expect, it } from 'vitest';
import { start } from '../../../src/collect/live/child.ts';
import { isAlive } from '../../peers/ssh-support.ts';

/** A busy machine may take its time. */
const LATE = { timeout: 20_000 };

/** A shell script as a program, and all that it wrote. */
function shell(script: string): { running: ReturnType<typeof start>; output: () => string } {
  let output = '';
  return { running: start('/bin/sh', ['-c', script], (chunk) => (output += chunk.toString())), output: () => output };
}

describe('a program', () => {
  it('gives its exit code, its output and the two ends of what it said', async () => {
    const { running, output } = shell('echo out; printf first >&2; head -c 100000 /dev/zero | tr "\\0" x >&2; printf last >&2; exit 7');
    expect((await running.ended).code).toBe(7);
    expect(output()).toBe('out\n');
    expect(running.stderr()).toMatch(/^firstx+last$/);
    expect(running.stderr().length).toBe(8192);
    expect(running.stderrBytes()).toBe(100_009);
  });

  it('that ended is read to the end while what it left behind talks', async () => {
    const { running, output } = shell('(for i in 1 2 3 4 5 6; do echo $i; sleep 0.4; done) & exit 0');
    expect((await running.ended).code).toBe(0);
    expect(output()).toBe('1\n2\n3\n4\n5\n6\n');
  });

  it('that ended is not waited for when what it left behind is silent; that is ended too', async () => {
    const { running, output } = shell('sleep 60 & echo $!; exit 0');
    await running.ended;
    const left = Number(output());
    expect(left).toBeGreaterThan(0);
    await expect.poll(() => isAlive(left), LATE).toBe(false);
  });

  it('that does not listen is ended all the same, with its children', async () => {
    const { running, output } = shell("trap '' TERM; sleep 60 & echo $!; wait; wait; sleep 60");
    await expect.poll(output, LATE).not.toBe('');
    running.kill();
    expect((await running.ended).code).toBe(null);
    await expect.poll(() => isAlive(Number(output())), LATE).toBe(false);
  });

  it('that is not there is an error, not an exception', async () => {
    expect((await start('/nonexistent/ssh', [], () => {}).ended).error?.code).toBe('ENOENT');
  });
});
