import type { Limits } from '../collect/endpoint/exchange.ts';
import { probe, type ProbePlan } from '../collect/endpoint/probe.ts';
import { type Cause, CAUSES } from '../collect/endpoint/causes.ts';
import type { Estate } from '../model/estate.ts';
import type { Problem } from '../model/problem.ts';
import type { Snapshot } from '../model/snapshot.ts';

export interface ProbeOptions {
  /** Endpoints at a time; one listener is only ever asked one thing at a time. */
  readonly concurrency: number;
  /** For one exchange; an endpoint takes up to twenty, and a dead one ends with the first. */
  readonly timeoutMs: number;
  /** Rest between two exchanges with one listener; default 50. */
  readonly pauseMs?: number;
  /** Names, lower-cased, to keep to; default all. */
  readonly only?: ReadonlySet<string>;
  readonly version?: string;
  readonly now?: () => Date;
  readonly signal?: AbortSignal;
}

interface EndpointTarget {
  /** `endpoint:NAME`, the name lower-cased. */
  readonly id: string;
  readonly kind: 'endpoint';
  readonly name: string;
}

/** A snapshot, also where parts of it could not be read; a problem where nothing at all was seen. */
export type ProbeResult = { readonly target: EndpointTarget; readonly snapshot: Snapshot } | { readonly target: EndpointTarget; readonly problem: Problem };

const RDP_PORT = 3389;
/** Where a gateway takes UDP unless its administrator says otherwise. */
const GATEWAY_UDP_PORT = 3391;
const PAUSE_MS = 50;

/**
 * What of an estate is looked at on the wire: gateways that connect over `wire`, and the listeners of hosts that are contacted
 * anyway and say `wire: true`. What connects by `snapshot` is never contacted, not even by a look-up of its name.
 */
export function probePlans(estate: Pick<Estate, 'gateways' | 'hosts'>): ProbePlan[] {
  const plans = new Map<string, ProbePlan>();
  for (const { name, address, port, over } of estate.gateways) {
    if (over === 'wire') plans.set(name.toLowerCase(), { name, rdp: null, https: { host: address, port }, udpPort: GATEWAY_UDP_PORT });
  }
  for (const { name, address, rdpPort, over, connect } of estate.hosts) {
    if ((over !== 'ssh' && over !== 'winrm') || connect?.wire !== true) continue;
    const known = plans.get(name.toLowerCase());
    plans.set(name.toLowerCase(), { name, https: null, ...known, rdp: { host: address, port: rdpPort ?? RDP_PORT } });
  }
  return [...plans.values()];
}

/** Looks at an estate's endpoints, each result as soon as it is there. Ends early, and closes what is open, when the caller does. */
export async function* probeEstate(estate: Pick<Estate, 'gateways' | 'hosts'>, options: ProbeOptions): AsyncGenerator<ProbeResult, void, undefined> {
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  const limits: Limits = { timeoutMs: options.timeoutMs, pauseMs: options.pauseMs ?? PAUSE_MS, signal };
  const waiting = probePlans(estate).filter(({ name }) => options.only?.has(name.toLowerCase()) !== false);
  const queues = new Map<string, Promise<unknown>>();
  const running = new Map<ProbePlan, Promise<{ plan: ProbePlan; result: ProbeResult }>>();
  try {
    while (waiting.length > 0 || running.size > 0) {
      while (running.size < Math.max(1, options.concurrency) && waiting.length > 0 && !signal.aborted) {
        const plan = waiting.shift();
        if (plan === undefined) break;
        const work = inTurn(plan, queues, () => resultOf(plan, limits, options));
        running.set(
          plan,
          work.then((result) => ({ plan, result })),
        );
      }
      if (running.size === 0) break;
      const { plan, result } = await Promise.race(running.values());
      running.delete(plan);
      if (signal.aborted && 'problem' in result) continue;
      yield result;
    }
  } finally {
    stop.abort();
    await Promise.allSettled(running.values());
  }
}

/** Two names of one listener wait for each other. */
async function inTurn<Value>(plan: ProbePlan, queues: Map<string, Promise<unknown>>, work: () => Promise<Value>): Promise<Value> {
  const places = [plan.rdp, plan.https].flatMap((place) => (place === null ? [] : [`${place.host.toLowerCase()} ${place.port}`]));
  const before = places.flatMap((place) => queues.get(place) ?? []);
  const mine = Promise.allSettled(before).then(work);
  for (const place of places) queues.set(place, mine);
  return mine;
}

async function resultOf(plan: ProbePlan, limits: Limits, options: ProbeOptions): Promise<ProbeResult> {
  const target: EndpointTarget = { id: `endpoint:${plan.name.toLowerCase()}`, kind: 'endpoint', name: plan.name };
  const collectedAt = (options.now?.() ?? new Date()).toISOString().replace(/\.\d+Z$/, 'Z');
  const { sections, unseen } = await probe(plan, limits);
  if (unseen !== null) return { target, problem: problemOf(plan, unseen.part, unseen.cause) };
  const collector = { name: 'rdposture', version: options.version ?? '' };
  return {
    target,
    snapshot: {
      schemaVersion: 1,
      target: { kind: target.kind, name: target.name },
      collectedAt,
      ...(options.version === undefined ? {} : { collector }),
      sections,
    },
  };
}

/**
 * A gateway that the estate says to look at and that cannot be seen is an error. A host's listener is looked at on the way:
 * where a firewall keeps it from us, the host itself is collected all the same.
 */
function problemOf(plan: ProbePlan, part: 'rdp' | 'https', cause: Cause): Problem {
  const place = part === 'rdp' ? plan.rdp : plan.https;
  const what = part === 'rdp' ? 'RDP listener' : 'gateway';
  return {
    level: plan.https === null ? 'warning' : 'error',
    code: `probe.${cause}`,
    message: `Nothing was seen of the ${what} '${plan.name}' at '${place?.host ?? ''}' port ${place?.port ?? 0}: ${CAUSES[cause]}.`,
    hint: HINTS[cause],
    target: `endpoint:${plan.name.toLowerCase()}`,
  };
}

const HINTS: Readonly<Record<Cause, string>> = {
  name: "Mend the name, or give the entry an 'address' in estate.yaml.",
  route: 'Check the address and the route from here, or collect from a machine that has one.',
  refused: 'Check the port in estate.yaml, and that the service runs; a listener that is turned off on purpose has nothing to show.',
  timeout: 'A firewall may drop what comes from here: collect from a machine that may reach it, or raise --timeout.',
  silent: 'Something accepts connections and does not answer: check what listens on the port, and whether the service hangs.',
  slow: 'Raise --timeout on a slow line; else check what listens on the port.',
  closed: 'Check what listens on the port, and whether something in between ends connections from here.',
  reset: 'Check what listens on the port, and whether something in between ends connections from here.',
  unasked: 'It may turn away who connects too often: try it again later.',
  garbage: 'Something else listens on the port: check the port in estate.yaml.',
  'too-large': 'Something else listens on the port: check the port in estate.yaml.',
  local: 'Lower --concurrency, or raise the limit of open files here.',
  stopped: 'Start it again, with --resume to go on.',
};
