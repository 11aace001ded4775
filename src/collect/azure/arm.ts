import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import type { Answer, Client } from './client.ts';
import { failed, type Outcome } from './failure.ts';
import { sleep } from './wait.ts';

const MAX_PAGES = 2000;
const MAX_ITEMS = 200_000;
const POLL_MS = 5000;

export function armUrl(client: Client, path: string, apiVersion: string): string {
  return `${client.cloud.resourceManager}${path}${path.includes('?') ? '&' : '?'}api-version=${apiVersion}`;
}

export async function armGet(client: Client, path: string, apiVersion: string, until: number): Promise<Outcome<JsonObject>> {
  const answer = await client.send({ method: 'GET', url: armUrl(client, path, apiVersion), audience: client.cloud.audience }, until);
  if ('failure' in answer) return answer;
  return isObject(answer.value.json) ? { value: answer.value.json } : failed('malformed', 'Azure Resource Manager gave something that is no object.');
}

/** Every element of a list, page by page; one page only when `first` says so. Never some of them. */
export async function armList(client: Client, path: string, apiVersion: string, until: number, first = false): Promise<Outcome<readonly JsonObject[]>> {
  return await pages(client, armUrl(client, path, apiVersion), client.cloud.audience, until, first);
}

/** `nextLink` is followed on the same host only: a token is not carried away. */
export async function pages(client: Client, start: string, audience: string, until: number, first = false): Promise<Outcome<readonly JsonObject[]>> {
  const { origin, host } = new URL(start);
  const items: JsonObject[] = [];
  const seen = new Set<string>();
  let next: string | null = start;
  while (next !== null) {
    if (seen.has(next) || seen.size >= MAX_PAGES) return failed('malformed', `'${host}' gave a list without an end.`);
    seen.add(next);
    const answer: Outcome<Answer> = await client.send({ method: 'GET', url: next, audience }, until);
    if ('failure' in answer) return answer;
    const value = member(answer.value.json, 'value');
    if (!Array.isArray(value)) return failed('malformed', `'${host}' gave an answer without a list.`);
    for (const item of value as readonly Json[]) {
      if (!isObject(item)) return failed('malformed', `'${host}' gave a list with something that is no object.`);
      items.push(item);
    }
    if (items.length > MAX_ITEMS) return failed('too-large', `'${host}' gave a list of more than ${MAX_ITEMS} elements.`);
    const link = member(answer.value.json, 'nextLink');
    if (link !== undefined && link !== null && typeof link !== 'string') return failed('malformed', `'${host}' gave a link that is no text.`);
    next = first || link === undefined || link === null || link === '' ? null : link;
    if (next !== null && !(URL.canParse(next) && new URL(next).origin === origin)) return failed('malformed', `'${host}' gave a link to another place.`);
  }
  return { value: items };
}

/** An action that reads: its answer, or the one at the address that it names, once that is ready. */
export async function armAction(client: Client, path: string, apiVersion: string, until: number): Promise<Outcome<Json>> {
  const start = armUrl(client, path, apiVersion);
  const { audience } = client.cloud;
  let answer = await client.send({ method: 'POST', url: start, audience }, until);
  for (;;) {
    if ('failure' in answer) return answer;
    const { status, header, json } = answer.value;
    if (status !== 202) return { value: json };
    const location = header('location');
    if (location === null || !URL.canParse(location) || new URL(location).origin !== new URL(start).origin)
      return failed('malformed', 'Azure Resource Manager began an action and gave no address of its own for the result.');
    const after = header('retry-after');
    const wait = after !== null && /^\d{1,4}$/.test(after) ? Number(after) * 1000 : POLL_MS;
    if (performance.now() + wait > until) return failed('timeout', 'The action was not done in time.');
    if (!(await sleep(wait, client.signal))) return failed('stopped', 'The collection was ended.');
    answer = await client.send({ method: 'GET', url: location, audience }, until);
  }
}
