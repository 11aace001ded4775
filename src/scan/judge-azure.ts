import { azureInventory } from '../collect/azure/inventory.ts';
import { type AzureSnapshot, parseAzureSnapshot, type SourceStatus, type Unread } from '../collect/azure/snapshot.ts';
import { SOURCES } from '../collect/azure/sources.ts';
import { hintOf } from '../collect/azure/words.ts';
import type { Estate } from '../model/estate.ts';
import { type Fact, factId } from '../model/fact.ts';
import type { Json } from '../model/json.ts';
import type { Pointer } from '../model/pointer.ts';
import type { Problem } from '../model/problem.ts';
import type { Target } from '../model/target.ts';
import { normaliseCloud } from '../normalise/azure/normalise.ts';
import { unreadFacts } from '../normalise/azure/unread-facts.ts';
import type { JudgeContext, TargetResult } from './context.ts';
import { resultOf } from './judge-target.ts';
import { targetId } from './keys.ts';
import { ageProblems } from './snapshot-problems.ts';

export interface LoadedAzureSnapshot {
  readonly snapshot: AzureSnapshot;
  readonly target: Target;
  /** The estate names the subscription, or a management group that it was found below. */
  readonly known: boolean;
}

/** A parsed snapshot of a subscription, and its target. */
export function azureSnapshotOf(value: Json, file: string, group: string, context: Pick<JudgeContext, 'estate'>): LoadedAzureSnapshot | Problem {
  const parsed = parseAzureSnapshot(value);
  if ('error' in parsed)
    return { level: 'error', code: 'snapshot.malformed', message: `The snapshot '${file}' cannot be used: ${parsed.error}`, hint: 'Collect it again.', file };
  const { name } = parsed.target;
  const known = context.estate !== null && azurePointer(context.estate, name, parsed.subscription.managementGroups) !== null;
  const { managementGroups } = parsed.subscription;
  const above = managementGroups.length === 0 ? {} : { managementGroups };
  const target: Target = {
    id: targetId('azure', name),
    kind: 'azure',
    name,
    group: known ? name : group,
    status: 'complete',
    collectedAt: parsed.collectedAt,
    ...above,
  };
  return { snapshot: parsed, target, known };
}

/** The line of the estate that a subscription is on: its own, else that of a management group above it. */
export function azurePointer({ azure }: Pick<Estate, 'azure'>, name: string, managementGroups: readonly string[]): Pointer | null {
  if (azure === null) return null;
  const own = azure.subscriptions.indexOf(name.toLowerCase());
  if (own >= 0) return `/azure/subscriptions/${own}`;
  const groups = new Set([name, ...managementGroups].map((group) => group.toLowerCase()));
  const above = azure.managementGroups.findIndex((group) => groups.has(group.toLowerCase()));
  return above < 0 ? null : `/azure/managementGroups/${above}`;
}

/** Judges what a subscription holds. What of it nobody could see is unknown. */
export function judgeAzure({ snapshot, target }: LoadedAzureSnapshot, file: string, context: JudgeContext): TargetResult {
  const inventory = azureInventory(snapshot, file);
  const made = normaliseCloud(inventory, target, context.normalise);
  const facts = [
    ...made.facts,
    ...unreadFacts(target, inventory),
    ...(context.normalise.wanted?.has('estate.section') === false ? [] : sourceFacts(snapshot, target)),
  ];
  const problems = [...made.problems, ...sourceProblems(snapshot, target), ...ageProblems(snapshot, target, context)];
  return resultOf(target, facts, problems, context);
}

/** How reading each source ended (EST-002); what nothing is judged by is not asked for. */
function sourceFacts(snapshot: AzureSnapshot, target: Target): Fact[] {
  return [...SOURCES].map(([name, { optional }]) => {
    const source = sourceOf(snapshot, name);
    const status =
      source === undefined || (source.status !== 'ok' && (optional || isMissing(source)))
        ? 'not-collected'
        : source.status === 'partial'
          ? worst(source)
          : source.status;
    return {
      kind: 'estate.section',
      id: factId(target.id, 'estate.section', name),
      name: `${target.name}: ${name}`,
      target: target.id,
      data: { host: target.name, section: name, status },
      unknown: [],
      origin: { at: 'setting' },
      observedAt: snapshot.collectedAt,
    };
  });
}

function sourceOf(snapshot: AzureSnapshot, name: string): SourceStatus | undefined {
  return Object.hasOwn(snapshot.sources, name) ? snapshot.sources[name] : undefined;
}

function isDenied({ reason }: Unread): boolean {
  return reason === 'denied' || reason === 'firewall';
}

/** The cloud does not have it: nobody can open it. */
function isMissing({ unread = [] }: SourceStatus): boolean {
  return unread.length > 0 && unread.every(({ reason }) => reason === 'refused');
}

function worst(source: SourceStatus): 'denied' | 'error' {
  return source.unread?.every(isDenied) === true ? 'denied' : 'error';
}

const SHOWN = 3;

/** What could not be read, each source once, with what would open it. */
function sourceProblems(snapshot: AzureSnapshot, target: Target): Problem[] {
  const missing = [...SOURCES.keys()].filter((name) => sourceOf(snapshot, name) === undefined);
  const problems = [...SOURCES].flatMap(([name, { optional, opens, within }]): Problem[] => {
    const source = sourceOf(snapshot, name);
    if (source === undefined || source.status === 'ok') return [];
    const above = within === undefined ? [] : (sourceOf(snapshot, within)?.unread ?? []);
    const all = source.unread ?? [];
    const unread = all.filter((one) => !above.some(({ scope, reason, code }) => scope === one.scope && reason === one.reason && code === one.code));
    // Its namespace's problem has said it.
    if (unread.length === 0 && all.length > 0) return [];
    const denied = unread.filter(isDenied);
    const level = optional || isMissing(source) ? ('warning' as const) : ('error' as const);
    const found: Problem[] = [];
    if (denied.length > 0 || unread.length === 0)
      found.push({
        level,
        code: 'azure.source-denied',
        message: `${named(name, denied)} of the subscription '${target.name}' could not be read: access was denied${codesOf(denied)}.`,
        hint: `It takes ${source.opens ?? opens}; until then what it would show is unknown.`,
        target: target.id,
      });
    const others = unread.filter((item) => !isDenied(item));
    const [first] = others;
    if (first !== undefined)
      found.push({
        level,
        code: 'azure.source-error',
        message: `${named(name, others)} of the subscription '${target.name}' could not be read: ${first.message}`,
        hint: hintOf(first.reason),
        target: target.id,
      });
    return found;
  });
  if (missing.length === 0) return problems;
  const shown = `'${missing.slice(0, SHOWN).join("', '")}'${missing.length > SHOWN ? ` and ${missing.length - SHOWN} more` : ''}`;
  return [
    ...problems,
    {
      level: 'warning',
      code: 'section.not-collected',
      message: `The snapshot of '${target.name}' does not hold ${shown}: what they would show is unknown.`,
      hint: 'Collect it again with this version.',
      target: target.id,
    },
  ];
}

function named(name: string, unread: readonly Unread[]): string {
  const scopes = unread.flatMap(({ scope }) => (scope === '' ? [] : [scope.slice(scope.lastIndexOf('/') + 1)]));
  if (scopes.length === 0 || scopes.length < unread.length) return `'${name}'`;
  return `'${name}' of '${scopes.slice(0, SHOWN).join("', '")}'${scopes.length > SHOWN ? ` and ${scopes.length - SHOWN} more` : ''}`;
}

function codesOf(unread: readonly Unread[]): string {
  const codes = [...new Set(unread.flatMap(({ code }) => code ?? []))].slice(0, SHOWN);
  return codes.length === 0 ? '' : ` (${codes.join(', ')})`;
}
