import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { isObject, type Json, member } from '../../model/json.ts';

/** What a call came to: its result, the compiler's own error, or why there is no answer. */
export type Answer =
  | { readonly result: Json }
  | { readonly refused: string }
  | { readonly failed: 'late' | 'ended' | 'too-large' | 'not-started'; readonly said: string };

/** One warm process of the compiler that speaks JSON-RPC on its standard streams: azure-resource-manager/bicep/bicep-cli#jsonrpc. */
export interface Compiler {
  /** Calls wait for one another. A call that fails ends the process; the next one starts another. */
  call(method: string, params: Json): Promise<Answer>;
  close(): void;
}

export interface CompilerOptions {
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds for one call. */
  readonly deadline: number;
}

/** The longest answer that is read: 64 MiB. */
const MAX_ANSWER = 64 * 1024 * 1024;
const MAX_HEADER = 4096;
const MAX_SAID = 4000;

interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly said: () => string;
}

export function compilerOf(options: CompilerOptions): Compiler {
  let running: Running | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let id = 0;
  const stop = (): void => {
    running?.child.kill('SIGKILL');
    running = null;
  };
  async function ask(method: string, params: Json): Promise<Answer> {
    running ??= start(options);
    id++;
    const answer = await exchange(running, JSON.stringify({ jsonrpc: '2.0', id, method, params }), id, options.deadline);
    if ('failed' in answer) stop();
    return answer;
  }
  return {
    call(method, params) {
      const answer = last.then(() => ask(method, params));
      last = answer.catch(() => undefined);
      return answer;
    },
    close: stop,
  };
}

/** Loaded when it is used: it brings half of Node with it. */
function start({ program, environment }: CompilerOptions): Running {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const child = spawn(program, ['jsonrpc', '--stdio'], { env: { ...environment }, stdio: 'pipe', windowsHide: true });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-MAX_SAID);
  });
  // A process that is gone is seen by the answer that does not come.
  child.stdin.on('error', () => undefined);
  return { child, said: () => said.trim() };
}

/** Sends one message and reads frames up to its answer. */
function exchange({ child, said }: Running, message: string, id: number, deadline: number): Promise<Answer> {
  return new Promise((done) => {
    const frames = frameReader();
    const finish = (answer: Answer): void => {
      clearTimeout(timer);
      child.stdout.off('data', read);
      child.off('error', notStarted);
      child.off('close', closed);
      done(answer);
    };
    const timer = setTimeout(() => finish({ failed: 'late', said: said() }), deadline);
    const read = (bytes: Buffer): void => {
      const bodies = frames(bytes);
      if (bodies === null) return finish({ failed: 'too-large', said: said() });
      for (const body of bodies) {
        const answer = answerIn(body, id);
        if (answer !== null) return finish(answer);
      }
    };
    const notStarted = (error: Error): void => finish({ failed: 'not-started', said: error.message });
    const closed = (): void => finish({ failed: 'ended', said: said() });
    child.stdout.on('data', read);
    child.once('error', notStarted);
    child.once('close', closed);
    if (child.exitCode !== null || child.signalCode !== null) return closed();
    child.stdin.write(`Content-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`);
  });
}

/** Bodies as they are complete; null when what is sent is no frame, or too long. */
function frameReader(): (bytes: Buffer) => readonly string[] | null {
  let parts: Buffer[] = [];
  let held = 0;
  let needed = 0;
  return (bytes) => {
    parts.push(bytes);
    held += bytes.length;
    if (held < needed) return [];
    let all = parts.length === 1 ? bytes : Buffer.concat(parts, held);
    const bodies: string[] = [];
    for (;;) {
      const head = all.subarray(0, MAX_HEADER).indexOf('\r\n\r\n');
      if (head < 0) {
        if (all.length >= MAX_HEADER) return null;
        needed = 0;
        break;
      }
      const length = Number(/^Content-Length: *(\d{1,10})\s*$/im.exec(all.toString('latin1', 0, head))?.[1] ?? Number.NaN);
      if (!(length <= MAX_ANSWER)) return null;
      needed = head + 4 + length;
      if (all.length < needed) break;
      bodies.push(all.toString('utf8', head + 4, needed));
      all = all.subarray(needed);
    }
    parts = [all];
    held = all.length;
    return bodies;
  };
}

function answerIn(body: string, id: number): Answer | null {
  let value: Json;
  try {
    value = JSON.parse(body) as Json;
  } catch {
    return null;
  }
  if (!isObject(value) || value['id'] !== id) return null;
  const { error } = value;
  if (error === undefined || error === null) return { result: value['result'] ?? null };
  const text = member(error, 'message');
  return { refused: typeof text === 'string' ? text.slice(0, 500) : 'It gave no reason.' };
}
