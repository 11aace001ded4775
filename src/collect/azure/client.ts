import type { HttpClient, Pipeline, PipelineResponse } from '@azure/core-rest-pipeline';
import type { Json } from '../../model/json.ts';
import { isObject, member } from '../../model/json.ts';
import type { Cloud } from './cloud.ts';
import { failed, type Failure, failureOfCode, type Outcome } from './failure.ts';
import { type Tokens, tokensOf } from './tokens.ts';
import { sleep, within } from './wait.ts';

export interface Call {
  readonly method: 'GET' | 'POST';
  /** Absolute, https. */
  readonly url: string;
  readonly body?: Json;
  /** What the token is for, without `/.default`. */
  readonly audience: string;
}

export interface Answer {
  readonly status: number;
  /** Null for an answer without a body (202, 204). */
  readonly json: Json;
  readonly header: (name: string) => string | null;
}

/** What everything that reads Azure uses: one pipeline, one identity. */
export interface Client {
  readonly cloud: Cloud;
  readonly tokens: Tokens;
  readonly signal: AbortSignal;
  /** An answer that counts, or why there is none. Never throws. `until`: a time of `performance.now()`. */
  readonly send: (call: Call, until: number) => Promise<Outcome<Answer>>;
}

/** The largest answer that is taken, decompressed. A page of Resource Graph has at most 16 MB. */
const MAX_BYTES = 64 * 1024 * 1024;
const ATTEMPT_MS = 60_000;
const ATTEMPTS = 6;
const FIRST_WAIT_MS = 500;

export async function openClient(cloud: Cloud, version: string, signal: AbortSignal): Promise<Client> {
  const { createDefaultHttpClient, createPipelineFromOptions } = await import('@azure/core-rest-pipeline');
  const pipeline = createPipelineFromOptions({ retryOptions: { maxRetries: 0 }, userAgentOptions: { userAgentPrefix: `rdposture/${version}` } });
  // A token goes to the place it was asked for, wherever that would send it.
  pipeline.removePolicy({ name: 'redirectPolicy' });
  const http = createDefaultHttpClient();
  const reach = async (address: string): Promise<Failure | null> => {
    const answer = await attempt(pipeline, http, { method: 'GET', url: `${address}/`, audience: '' }, null, ATTEMPT_MS / 4, signal);
    return 'failure' in answer && ['network', 'certificate', 'timeout', 'stopped'].includes(answer.failure.kind) ? answer.failure : null;
  };
  const tokens = tokensOf(cloud, http, signal, reach);
  return { cloud, tokens, signal, send: (call, until) => send(pipeline, http, tokens, call, until, signal) };
}

async function send(pipeline: Pipeline, http: HttpClient, tokens: Tokens, call: Call, until: number, signal: AbortSignal): Promise<Outcome<Answer>> {
  let claims: string | undefined;
  let last: { readonly failure: Failure } = failed('timeout', 'There was no time left.');
  for (let count = 0; count < ATTEMPTS; count++) {
    if (signal.aborted) return failed('stopped', 'The collection was ended.');
    const before = until - performance.now();
    if (before <= 0) return last;
    const token = await tokens.get(`${call.audience}/.default`, before, claims);
    if ('failure' in token) return token;
    const left = until - performance.now();
    if (left <= 0) return last;
    const answer = await attempt(pipeline, http, call, token.value, Math.min(left, ATTEMPT_MS), signal);
    if ('value' in answer) return answer;
    last = answer;
    if (answer.claims !== undefined && claims === undefined) {
      claims = answer.claims;
      continue;
    }
    if (answer.again === undefined) return last;
    // 0.5, 1, 2, 4, 8 seconds, each with up to a quarter more, so that many readers do not come back together.
    const wait = answer.again ?? FIRST_WAIT_MS * 2 ** count * (1 + Math.random() / 4);
    if (count + 1 >= ATTEMPTS || performance.now() + wait > until) return last;
    if (!(await sleep(wait, signal))) return failed('stopped', 'The collection was ended.');
  }
  return last;
}

interface Attempted {
  readonly failure: Failure;
  /** It may be better another time: milliseconds to wait, null when the service does not say; undefined: it will not be. */
  readonly again?: number | null;
  /** What the token has to say besides. */
  readonly claims?: string;
}

/** One request, from the first byte to the last. Whatever the client does with a request that hangs, this one ends. */
async function attempt(
  pipeline: Pipeline,
  http: HttpClient,
  call: Call,
  token: string | null,
  milliseconds: number,
  signal: AbortSignal,
): Promise<{ readonly value: Answer } | Attempted> {
  const { createHttpHeaders, createPipelineRequest, isRestError } = await import('@azure/core-rest-pipeline');
  const { host } = new URL(call.url);
  const over = new AbortController();
  const headers = createHttpHeaders({ accept: 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) });
  if (call.body !== undefined) headers.set('content-type', 'application/json');
  const request = createPipelineRequest({
    url: call.url,
    method: call.method,
    headers,
    abortSignal: AbortSignal.any([signal, over.signal]),
    // The body of any answer comes as a stream, so that its size is bounded.
    streamResponseStatusCodes: new Set([Number.POSITIVE_INFINITY]),
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  });
  const work = async (): Promise<{ readonly value: Answer } | Attempted> => {
    const response = await pipeline.sendRequest(http, request);
    const text = await textOf(response);
    return text === null
      ? failed('too-large', `An answer of '${host}' is larger than ${MAX_BYTES / 1024 / 1024} MiB.`, response.status)
      : judged(response, text, host);
  };
  try {
    const answer = await within(work(), milliseconds, signal);
    if (answer !== null) return answer;
    if (signal.aborted) return failed('stopped', 'The collection was ended.');
    return { ...failed('timeout', `'${host}' did not answer within ${Math.ceil(milliseconds / 1000)} seconds.`), again: null };
  } catch (error) {
    if (signal.aborted) return failed('stopped', 'The collection was ended.');
    const code = isRestError(error) || (error instanceof Error && 'code' in error) ? String(error.code) : '';
    const failure = failureOfCode(code, host);
    return failure.failure.kind === 'certificate' ? failure : { ...failure, again: null };
  } finally {
    over.abort();
  }
}

async function textOf(response: PipelineResponse): Promise<string | null> {
  if (response.readableStreamBody === undefined) return response.bodyAsText ?? '';
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of response.readableStreamBody) {
    const part = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
    length += part.length;
    if (length > MAX_BYTES) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** An answer counts when it is what the service says in JSON; a page that somebody else put there never does. */
function judged(response: PipelineResponse, text: string, host: string): { readonly value: Answer } | Attempted {
  const { status } = response;
  const header = (name: string): string | null => response.headers.get(name) ?? null;
  const json = parsed(text);
  if (status === 200 || status === 201) {
    if (json === undefined) return { ...failed('malformed', `'${host}' answered with something that is no JSON: ${shown(text)}`, status), again: null };
    return { value: { status, json, header } };
  }
  if (status === 202 || status === 204) return { value: { status, json: json ?? null, header } };
  return refusal(status, json, header, text, host);
}

function refusal(status: number, json: Json | undefined, header: Answer['header'], text: string, host: string): Attempted {
  const error = member(json, 'error');
  const inner = member(error, 'innererror') ?? member(error, 'innerError');
  const code = textMember(inner, 'code') ?? textMember(error, 'code');
  const message = textMember(error, 'message') ?? (json === undefined ? shown(text) : '');
  const said = `'${host}' answered ${status}${code === null ? '' : ` (${code})`}${message === '' ? '.' : `: ${message}`}`;
  if (status === 401) {
    const challenge = /error="?insufficient_claims"?.*claims="([^"]+)"/.exec(header('www-authenticate') ?? '')?.[1];
    const claims = challenge === undefined ? undefined : Buffer.from(challenge, 'base64').toString('utf8');
    return { ...failed('credential', said, status, code), ...(claims === undefined ? {} : { claims }) };
  }
  if (status === 403) return failed(code === 'ForbiddenByFirewall' ? 'firewall' : 'denied', said, status, code);
  if (status === 404) return failed('absent', said, status, code);
  if (status === 429) return { ...failed('throttled', said, status, code), again: waitOf(header) };
  if (status === 408 || status >= 500) return { ...failed('server', said, status, code), again: waitOf(header) };
  return failed('refused', said, status, code);
}

/** Milliseconds that the service asks to wait; null when it does not say. */
function waitOf(header: Answer['header']): number | null {
  const milliseconds = header('retry-after-ms') ?? header('x-ms-retry-after-ms');
  if (milliseconds !== null && /^\d{1,9}$/.test(milliseconds)) return Number(milliseconds);
  const after = header('retry-after');
  if (after !== null && /^\d{1,6}$/.test(after)) return Number(after) * 1000;
  const date = after === null ? Number.NaN : Date.parse(after);
  if (!Number.isNaN(date)) return Math.max(0, date - Date.now());
  return spanOf(header('x-ms-user-quota-resets-after'));
}

/** `hh:mm:ss` in milliseconds. */
export function spanOf(text: string | null): number | null {
  const match = /^(\d{1,3}):(\d{2}):(\d{2})(?:\.\d+)?$/.exec(text ?? '');
  return match === null ? null : ((Number(match[1]) * 60 + Number(match[2])) * 60 + Number(match[3])) * 1000;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function textMember(value: Json | undefined, name: string): string | null {
  const held = isObject(value) ? member(value, name) : undefined;
  return typeof held === 'string' && held !== '' ? held : null;
}

function shown(text: string): string {
  return text.trim() === '' ? 'nothing' : text.slice(0, 80);
}
