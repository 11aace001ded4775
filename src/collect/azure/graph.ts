import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import type { Client } from './client.ts';
import { spanOf } from './client.ts';
import { failed, type Outcome } from './failure.ts';
import { sleep } from './wait.ts';

/** What a query looks at. */
export type GraphScope = { readonly subscriptions: readonly string[] } | { readonly managementGroups: readonly string[] };

export interface Graph {
  /** Every row of a query, or why there is none; never some of them. The query has to project `id` and be sorted by it. */
  readonly rows: (scope: GraphScope, query: string, until: number) => Promise<Outcome<readonly JsonObject[]>>;
}

const API_VERSION = '2022-10-01';
/** The most that a page may have. */
const PAGE = 1000;
/** More rows than any subscription may hold of what is asked for. */
const MAX_ROWS = 500_000;
/** A list may change while it is read. */
const READINGS = 3;

/**
 * Reads Azure Resource Graph. One query at a time: about fifteen in five seconds are allowed for one identity, whatever the
 * number of readers, and how many are left stands in the headers of each answer.
 * https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests
 * https://learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data
 */
export function graphOf(client: Client): Graph {
  const pace = { notBefore: 0 };
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    const mine = turn.then(work, work);
    turn = mine.catch(() => undefined);
    return await mine;
  };
  return {
    rows: async (scope, query, until) => {
      let last: Outcome<readonly JsonObject[]> = failed('malformed', 'Nothing was read.');
      for (let reading = 0; reading < READINGS; reading++) {
        const read = await readAll(client, pace, inTurn, scope, query, until);
        if (read !== 'changed') return read;
        last = failed('malformed', 'Resource Graph gave more or fewer rows than it counted, each time.');
      }
      return last;
    },
  };
}

interface Page {
  readonly total: number;
  readonly rows: readonly Json[];
  readonly token: string | null;
}

async function readAll(
  client: Client,
  pace: { notBefore: number },
  inTurn: <Value>(work: () => Promise<Value>) => Promise<Value>,
  scope: GraphScope,
  query: string,
  until: number,
): Promise<Outcome<readonly JsonObject[]> | 'changed'> {
  const rows = new Map<string, JsonObject>();
  const tokens = new Set<string>();
  let token: string | null = null;
  do {
    const page: Outcome<Page> = await inTurn(() => readPage(client, pace, scope, query, token, until));
    if ('failure' in page) return page;
    for (const row of page.value.rows) {
      const id = member(row, 'id');
      if (!isObject(row) || typeof id !== 'string' || id === '') return failed('malformed', 'Resource Graph gave a row without an id.');
      rows.set(id.toLowerCase(), row);
    }
    if (rows.size > MAX_ROWS) return failed('too-large', `Resource Graph has more than ${MAX_ROWS} rows for one query.`);
    token = page.value.token;
    if (token !== null && tokens.has(token)) return failed('malformed', 'Resource Graph gave the same page again and again.');
    if (token !== null) tokens.add(token);
    else if (rows.size !== page.value.total) return 'changed';
  } while (token !== null);
  return { value: [...rows.values()] };
}

async function readPage(
  client: Client,
  pace: { notBefore: number },
  scope: GraphScope,
  query: string,
  token: string | null,
  until: number,
): Promise<Outcome<Page>> {
  const wait = pace.notBefore - performance.now();
  if (wait > 0) {
    if (performance.now() + wait > until) return failed('throttled', 'The quota of Resource Graph is used up, and its next time is too far away.');
    if (!(await sleep(wait, client.signal))) return failed('stopped', 'The collection was ended.');
  }
  const options = { resultFormat: 'objectArray', $top: PAGE, ...(token === null ? {} : { $skipToken: token }) };
  const { resourceManager: base, audience } = client.cloud;
  const answer = await client.send(
    {
      method: 'POST',
      url: `${base}/providers/Microsoft.ResourceGraph/resources?api-version=${API_VERSION}`,
      body: { ...scope, query, options },
      audience,
    },
    until,
  );
  if ('failure' in answer) return answer;
  const { header, json } = answer.value;
  const remaining = header('x-ms-user-quota-remaining');
  if (remaining !== null && Number(remaining) <= 0) pace.notBefore = performance.now() + (spanOf(header('x-ms-user-quota-resets-after')) ?? 5000);
  if (header('x-ms-tenant-subscription-limit-hit')?.toLowerCase() === 'true')
    return failed('too-large', 'The scope holds more than 10,000 subscriptions, and Resource Graph left some out.');
  return pageOf(json);
}

/** An answer counts only with a number of rows and a list of them: anything else is no empty estate. */
function pageOf(json: Json): Outcome<Page> {
  const total = member(json, 'totalRecords');
  const data = member(json, 'data');
  const count = member(json, 'count');
  if (typeof total !== 'number' || !Array.isArray(data))
    return failed('malformed', 'Resource Graph gave an answer without a number of rows and a list of them.');
  const rows = data as readonly Json[];
  if (typeof count === 'number' && count !== rows.length) return failed('malformed', `Resource Graph announced ${count} rows and gave ${rows.length}.`);
  const token = member(json, '$skipToken');
  const next = typeof token === 'string' && token !== '' ? token : null;
  if (next === null && String(member(json, 'resultTruncated')).toLowerCase() === 'true')
    return failed('malformed', 'Resource Graph cut its answer and gave no way to the rest.');
  return { value: { total, rows, token: next } };
}
