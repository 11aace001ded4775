import { fill, paramValue, type Scopes } from '../lib/placeholder.ts';
import { posixQuote } from '../lib/escape.ts';
import { compileSchema } from '../lib/schema.ts';
import { YES } from '../lib/truth.ts';
import { expand, settingAt } from '../lib/settings.ts';
import { jsonEquals } from '../lib/three-valued.ts';
import type { Fact } from '../model/fact.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import type { Place } from '../model/location.ts';
import { escapeStep, type Pointer, pointerOf, valueAt } from '../model/pointer.ts';
import type { EditChange, PolicyFix, Risk, SetChange } from '../model/policy.ts';
import type { Area, Source } from '../model/setting.ts';

/** A setting of a target as it is, in the view that fixes are proved in. */
export interface CurrentSetting {
  readonly value: Json;
  readonly source: Source | null;
  readonly unknown: boolean;
  /** The Group Policy object that set it, where one is named. */
  readonly gpo?: string;
}

/** A value change of one fix, before it is a text edit. */
export type PlannedChange =
  | { readonly at: 'setting'; readonly target: string; readonly path: readonly string[]; readonly before: Json; readonly after: Json }
  | { readonly at: 'resource'; readonly place: Place; readonly set?: Json; readonly remove?: true; readonly rdp?: Readonly<Record<string, string>> };

export interface PlannedFix {
  readonly title: string;
  readonly changes: readonly PlannedChange[];
  readonly risk: Risk;
  readonly needs: readonly string[];
  readonly az: readonly string[];
  /** Why nothing can be changed; the fix is then shown without an edit. */
  readonly blocked: string | null;
}

/** What planning needs to know of the world. */
export interface PlanContext {
  readonly catalogue: readonly Area[];
  readonly intent: JsonObject;
  readonly params: Readonly<Record<string, Json>>;
  /** Id of the target of a kind and name. */
  readonly targetId: (kind: Area['target'], name: string) => string;
  /** Null when the target or its setting is not there. */
  readonly current: (target: string, path: readonly string[]) => CurrentSetting | null;
}

const RISKS: readonly Risk[] = ['safe', 'review', 'can-disconnect'];

/** The fixes of a policy for one failing fact, in the policy's order; those whose `when` does not certainly match are left out. */
export function planFixes(fixes: readonly PolicyFix[], fact: Fact, subject: Json, context: PlanContext): PlannedFix[] {
  return fixes.filter((fix) => fix.when === undefined || compileSchema(fix.when, context.params)(subject) === YES).map((fix) => planFix(fix, fact, context));
}

interface Element {
  readonly scopes: Scopes;
  readonly place: Place | null;
}

function planFix(fix: PolicyFix, fact: Fact, context: PlanContext): PlannedFix {
  const elements = elementsOf(fix, fact, context);
  const plan: Draft = { changes: [], risks: [], needs: new Set(), blocked: null };
  for (const element of elements) {
    for (const change of many(fix.set)) planSetting(change, fix, fact, element, context, plan);
    for (const change of many(fix.edit)) planEdit(change, element, context, plan);
  }
  if (elements.length === 0) plan.blocked ??= 'Nothing that it would change is known.';
  const scopes = elements[0]?.scopes ?? [fact.data];
  return {
    title: titleOf(fix.title, scopes),
    changes: plan.blocked === null ? neededOf(plan.changes) : [],
    risk: RISKS[Math.max(0, ...[...plan.risks, ...(fix.risk === undefined ? [] : [fix.risk])].map((risk) => RISKS.indexOf(risk)))] ?? 'review',
    needs: [...plan.needs],
    az: azOf(fix, elements, context),
    blocked: plan.blocked,
  };
}

/** Each change once, and none that changes nothing, unless none changes anything: then the fix is made already. */
function neededOf(changes: readonly PlannedChange[]): PlannedChange[] {
  const distinct = [...new Map(changes.map((change) => [JSON.stringify(change), change])).values()];
  const needed = distinct.filter((change) => change.at !== 'setting' || jsonEquals(change.before, change.after) !== 2);
  return needed.length > 0 ? needed : distinct;
}

interface Draft {
  readonly changes: PlannedChange[];
  readonly risks: Risk[];
  readonly needs: Set<string>;
  blocked: string | null;
}

function many<Item>(value: Item | readonly Item[] | undefined): readonly Item[] {
  return value === undefined ? [] : Array.isArray(value) ? (value as readonly Item[]) : [value as Item];
}

function titleOf(title: string, scopes: Scopes): string {
  const filled = fill(title.replaceAll(/^\{([^}]*)\}$/g, '{$1} '), scopes);
  return typeof filled === 'string' ? filled.trim() : title;
}

function elementsOf(fix: PolicyFix, fact: Fact, context: PlanContext): Element[] {
  const members = fact.origin.at === 'document' ? (fact.origin.members ?? {}) : {};
  const whole: Scopes = [fact.data, { params: context.params }];
  if (fix.forEach === undefined) return [{ scopes: whole, place: fact.origin.at === 'document' ? fact.origin.place : null }];
  const list = valueAt(fact.data, fix.forEach);
  if (!Array.isArray(list)) return [];
  const only = compileSchema(fix.only, context.params);
  return (list as readonly Json[]).flatMap((item, index): Element[] => {
    if (only(item) !== YES) return [];
    return [{ scopes: [isObject(item) ? item : { value: item }, ...whole], place: members[`${fix.forEach ?? ''}/${index}`] ?? null }];
  });
}

/** What the estate intends. A list that is empty says nothing: as the addresses of a rule it would even mean any. */
function intentOf(context: PlanContext, name: string): Json | undefined {
  const value = Object.hasOwn(context.intent, name) ? context.intent[name] : undefined;
  return Array.isArray(value) && value.length === 0 ? undefined : value;
}

/** A fix value: literals, placeholders, parameters and the estate's intent. Undefined when something of it is not known. */
function valueOf(template: Json | undefined, scopes: Scopes, context: PlanContext): Json | undefined {
  if (template === undefined) return undefined;
  if (isObject(template)) {
    const parameter = template['$param'];
    if (typeof parameter === 'string') return paramValue(context.params[parameter], template['join']);
    const intent = template['$intent'];
    if (typeof intent === 'string') return intentOf(context, intent);
  }
  if (Array.isArray(template)) {
    const items = (template as readonly Json[]).map((item) => valueOf(item, scopes, context));
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  return fill(template, scopes);
}

function planSetting(change: SetChange, fix: PolicyFix, fact: Fact, element: Element, context: PlanContext, plan: Draft): void {
  const path = change.setting.map((step) => fill(step, element.scopes));
  if (!path.every((step) => typeof step === 'string')) return block(plan, 'What it would change is not known.');
  const found = settingAt(path, context.catalogue);
  if (found === null) return block(plan, `The settings catalogue does not know '${path.join('/')}'.`);
  const host = fix.on === undefined ? null : fill(fix.on, element.scopes);
  if (fix.on !== undefined && typeof host !== 'string') return block(plan, 'The host that it would change is not known.');
  const target = typeof host === 'string' ? context.targetId(found.area.target, host) : fact.target;
  const now = context.current(target, path);
  if (now === null) return block(plan, `'${path.join('/')}' is not in the snapshot of its target.`);
  const after = settingAfter(change, now, element, context);
  if (typeof after === 'string' && after.startsWith(BLOCKED)) return block(plan, after.slice(BLOCKED.length));
  if (isObject(after) && Object.hasOwn(after, 'instead')) return planSetting(change.whenEmpty as SetChange, fix, fact, element, context, plan);
  plan.risks.push(found.setting.risk);
  for (const need of found.setting.needs) plan.needs.add(need);
  if (now.source === 'gpo' && jsonEquals(now.value, after) !== 2) {
    const where = found.setting.gpo === undefined ? undefined : expand(found.setting.gpo.path, found.names);
    const object = now.gpo === undefined ? 'there' : `in the Group Policy object '${now.gpo}'`;
    return block(
      plan,
      `Group Policy owns '${path.join('/')}'${where === undefined && now.gpo === undefined ? '' : `: change ${where === undefined ? 'it' : `'${where}'`} ${object}`}.`,
    );
  }
  plan.changes.push({ at: 'setting', target, path, before: now.unknown ? null : now.value, after });
}

const BLOCKED = '\0';

function settingAfter(change: SetChange, now: CurrentSetting, element: Element, context: PlanContext): Json {
  if (change.with === undefined && change.without === undefined) {
    return valueOf(change.value, element.scopes, context) ?? `${BLOCKED}${missingWords(change.value)}`;
  }
  if (now.unknown || !Array.isArray(now.value)) return `${BLOCKED}The list as it is could not be read.`;
  const taken = (change.without ?? []).map((item) => valueOf(item, element.scopes, context));
  const added = (change.with ?? []).map((item) => valueOf(item, element.scopes, context)).filter((item) => item !== undefined);
  const kept = (now.value as readonly Json[]).filter((item) => !taken.some((gone) => gone !== undefined && sameElement(item, gone)));
  const after = [...kept, ...added.filter((item) => !kept.some((known) => sameElement(known, item)))];
  return after.length === 0 && change.whenEmpty !== undefined ? { instead: true } : after;
}

/** Windows compares names of services, accounts and addresses without case. */
function sameElement(a: Json, b: Json): boolean {
  return typeof a === 'string' && typeof b === 'string' ? a.toLowerCase() === b.toLowerCase() : jsonEquals(a, b) === YES;
}

function missingWords(template: Json | undefined): string {
  const intent = isObject(template) ? template['$intent'] : undefined;
  return typeof intent === 'string'
    ? `The estate does not say 'intent.${intent}': declare it, and this becomes an edit.`
    : 'The value that it should have is not known.';
}

function planEdit(change: EditChange, element: Element, context: PlanContext, plan: Draft): void {
  if (element.place === null) return block(plan, 'The place in the file is not known.');
  const at = change.at === '' ? '' : `/${change.at.split('/').map(escapeStep).join('/')}`;
  const place: Place = { base: element.place.base, at: `${element.place.at}${at}` };
  if (change.remove === true) {
    plan.changes.push({ at: 'resource', place, remove: true });
  } else if (change.rdp !== undefined) {
    plan.changes.push({ at: 'resource', place, rdp: change.rdp });
  } else {
    const value = valueOf(change.value, element.scopes, context);
    if (value === undefined) return block(plan, missingWords(change.value));
    plan.changes.push({ at: 'resource', place, set: value });
  }
}

function block(plan: Draft, why: string): void {
  plan.blocked ??= why;
}

/** Azure CLI commands with every argument quoted for a POSIX shell; one of which something is not known is left out. */
function azOf(fix: PolicyFix, elements: readonly Element[], context: PlanContext): string[] {
  const commands = new Set<string>();
  for (const element of elements) {
    for (const args of fix.az ?? []) {
      const filled = args.flatMap((arg): readonly (Json | undefined)[] => {
        const value = valueOf(arg, element.scopes, context);
        return Array.isArray(value) ? (value as readonly Json[]) : [value];
      });
      if (filled.every((arg) => typeof arg === 'string' || typeof arg === 'number') && !args.some((arg) => isSteering(arg, element)))
        commands.add(['az', ...filled.map((arg) => posixQuote(String(arg)))].join(' '));
    }
  }
  return [...commands];
}

/** A name from a document that the Azure CLI would take for an option, or for a file to read an argument from. */
function isSteering(arg: Json, element: Element): boolean {
  const value = typeof arg === 'string' && arg.startsWith('{') ? fill(arg, element.scopes) : undefined;
  return typeof value === 'string' && /^[-@]/.test(value);
}

/** The pointer of a setting below the node of its host, deployment or gateway in the estate. */
export function settingPointer(owner: Pointer, path: readonly string[]): Pointer {
  return `${owner}/settings${pointerOf(path)}`;
}
