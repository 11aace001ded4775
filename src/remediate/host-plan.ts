import { expand, type FoundSetting, settingAt, toRaw, valuePredicate, withMappedNames } from '../lib/settings.ts';
import { YES } from '../lib/truth.ts';
import type { Json } from '../model/json.ts';
import type { HostPlan, PlanStep, Refusal, SettingState } from '../model/plan.ts';
import type { Risk } from '../model/policy.ts';
import type { Area, Setting } from '../model/setting.ts';
import { namesOf } from './fill.ts';
import { operationsOf } from './operations.ts';

export interface PlanInput {
  readonly host: { readonly id: string; readonly name: string; readonly kind: Area['target'] };
  readonly states: readonly SettingState[];
  readonly catalogue: readonly Area[];
  readonly version: string;
  /** ISO 8601 UTC. */
  readonly now: string;
  readonly observedAt: string | null;
  /** Steps of a higher risk are refused, and say which option allows them. Default: all. */
  readonly allowed?: Risk;
  /** What a step would do to the connection that is used, when the steps before it are done. Default: it keeps it. */
  readonly connection?: (settings: readonly SettingState[]) => PlanStep['connection'];
  /** How one gets in when the network does not (a console, Bastion); without it a step that certainly cuts is refused. */
  readonly console?: string | null;
}

const RISKS: readonly Risk[] = ['safe', 'review', 'can-disconnect'];
const OPTION: Readonly<Record<Risk, string>> = { safe: '', review: '--review', 'can-disconnect': '--allow-disconnect' };

/** What a host needs to match: steps in the order in which they run, and what is refused and why. */
export function hostPlan(input: PlanInput): HostPlan {
  const refused: Refusal[] = [];
  const { kept, conflicts } = withoutConflicts(input.states, input.catalogue, input.host.kind);
  refused.push(...conflicts);
  const drafts: { readonly step: PlanStep; readonly state: SettingState }[] = [];
  for (const state of kept) {
    if (state.state === 'equal') continue;
    const step = stepOf(state, input);
    if ('reason' in step) refused.push(step);
    else if (RISKS.indexOf(step.risk) > RISKS.indexOf(input.allowed ?? 'can-disconnect')) refused.push(tooRisky(step));
    else drafts.push({ step, state });
  }
  const ordered = RISKS.flatMap((risk) => drafts.filter(({ step }) => step.risk === risk).toSorted((a, b) => widening(b.state) - widening(a.state)));
  const steps: PlanStep[] = [];
  const done: SettingState[] = [];
  for (const { step, state } of ordered) {
    const connection = step.risk === 'can-disconnect' ? (input.connection?.([...done, state]) ?? 'may-cut') : 'keeps';
    if (connection === 'cuts' && (input.console ?? null) === null) {
      refused.push(cutting(step, input.host.name));
      continue;
    }
    done.push(state);
    steps.push({ ...step, id: String(steps.length + 1), connection });
  }
  return {
    schemaVersion: 1,
    tool: { name: 'rdposture', version: input.version },
    madeAt: input.now,
    host: { id: input.host.id, name: input.host.name },
    observedAt: input.observedAt,
    steps,
    refused: refused.toSorted((a, b) => (a.setting < b.setting ? -1 : a.setting > b.setting ? 1 : 0)),
  };
}

/** What lets more in comes before what lets less in: the new way is there before the old one is shut. */
function widening(state: SettingState): number {
  const [now, then] = [state.value, state.wanted];
  if (then === true && now === false) return 1;
  return Array.isArray(now) && Array.isArray(then) && (now as readonly Json[]).every((item) => (then as readonly Json[]).includes(item)) ? 1 : 0;
}

function stepOf(state: SettingState, input: PlanInput): PlanStep | Refusal {
  const setting = state.path.join('/');
  const found = settingAt(state.path, input.catalogue, input.host.kind);
  if (found === null) return { setting, reason: 'no-writer', message: `The settings catalogue has no '${setting}'.`, hint: 'Check the name of the setting.' };
  const refusal = refusalOf(state, found, input.host.name);
  if (refusal !== null) return refusal;
  const names = namesOf(found);
  const raw = valuePredicate(found.setting)(state.wanted) === YES ? toRaw(found.setting, state.wanted) : undefined;
  const all = names === null ? null : { ...names, target: input.host.name, host: input.host.name };
  const operations = all === null || raw === undefined ? null : operationsOf(found, all, { value: state.wanted, raw }, state.written);
  if (all === null || operations === null)
    return {
      setting,
      reason: 'no-writer',
      message: `'${setting}' of '${input.host.name}' cannot be set to ${shortly(state.wanted)}.`,
      hint: 'Change it by hand, as the policy says.',
    };
  return {
    id: '',
    setting,
    title: `${expand(found.setting.title, all)}: ${shortly(state.wanted)}`,
    now: { value: state.value, source: state.source },
    then: { value: state.wanted, remove: false },
    risk: found.setting.risk,
    needs: found.setting.needs,
    undo: undoOf(found.setting, state),
    connection: 'keeps',
    policies: state.policies,
    operations,
  };
}

function refusalOf(state: SettingState, found: FoundSetting, host: string): Refusal | null {
  const setting = state.path.join('/');
  const where = found.setting.gpo === undefined ? null : expand(found.setting.gpo.path, withMappedNames(found.area, found.names));
  switch (state.state) {
    case 'owned-by-gpo':
      return {
        setting,
        reason: 'owned-by-gpo',
        message: `'${setting}' of '${host}' is set by ${state.gpo === null ? 'Group Policy' : `the Group Policy object '${state.gpo}'`} and would be set back.`,
        hint: `Change ${where === null ? 'it' : `'${where}'`} in Group Policy.`,
      };
    case 'owned-by-mdm':
      return {
        setting,
        reason: 'owned-by-mdm',
        message: `'${setting}' of '${host}' stands where policies stand, no Group Policy object sets it, and the host is managed by an MDM server, which may.`,
        hint: `Change ${where === null ? 'it' : `'${where}'`} in the device management (the policy of the same name).`,
      };
    case 'not-found':
      return { setting, reason: 'not-found', message: `'${host}' has nothing that '${setting}' belongs to.`, hint: 'Check the name.' };
    case 'unknown':
      return {
        setting,
        reason: 'unknown',
        message: `The value of '${setting}' on '${host}' could not be read, so nobody could undo a change of it.`,
        hint: 'Collect it with the rights that the section needs.',
      };
    default:
      return null;
  }
}

/** Two that write one setting of one thing and do not agree: neither runs. */
function withoutConflicts(states: readonly SettingState[], catalogue: readonly Area[], kind: Area['target']): { kept: SettingState[]; conflicts: Refusal[] } {
  const byPath = new Map<string, SettingState[]>();
  for (const state of states) {
    const key = placeKey(state, catalogue, kind);
    byPath.set(key, [...(byPath.get(key) ?? []), state]);
  }
  const kept: SettingState[] = [];
  const conflicts: Refusal[] = [];
  for (const [first, ...others] of byPath.values()) {
    if (first === undefined) continue;
    const rival = others.find((other) => JSON.stringify(other.wanted) !== JSON.stringify(first.wanted));
    if (rival === undefined) kept.push({ ...first, policies: [...new Set([first, ...others].flatMap((state) => state.policies))] });
    else
      conflicts.push({
        setting: first.path.join('/'),
        reason: 'conflict',
        message: `${whoOf(first)} wants '${first.path.join('/')}' to be ${shortly(first.wanted)}, and ${whoOf(rival).replace('The', 'the')} wants '${rival.path.join('/')}' to be ${shortly(rival.wanted)}: neither is done.`,
        hint: 'Decide which of them is right: waive the other, or skip its policy.',
      });
  }
  return { kept, conflicts };
}

/** What a setting's first writer writes to, so that two settings that write one value are found. */
function placeKey(state: SettingState, catalogue: readonly Area[], kind: Area['target']): string {
  const found = settingAt(state.path, catalogue, kind);
  const write = found?.setting.write?.[0];
  if (found === null || write?.registry === undefined) return state.path.join('/').toLowerCase();
  const names = withMappedNames(found.area, found.names);
  return `${expand(write.registry.key, names)}\0${expand(write.registry.name, names)}`.toLowerCase();
}

function whoOf(state: SettingState): string {
  return state.policies.length === 0 ? 'The estate' : `The fix of ${state.policies.join(', ')}`;
}

function tooRisky(step: PlanStep): Refusal {
  return {
    setting: step.setting,
    reason: 'risk',
    message: `${step.title}: ${step.risk === 'review' ? 'somebody should look at it first' : 'it can cut connections'}.`,
    hint: `Allow it by ${OPTION[step.risk]}.`,
  };
}

function cutting(step: PlanStep, host: string): Refusal {
  return {
    setting: step.setting,
    reason: 'cuts-connection',
    message: `${step.title}: nobody could connect to '${host}' any more in the way that is used now.`,
    hint: 'Put a rule in place first that lets the administrators in, or say in the estate how else one gets in (`connect: { console: … }`).',
  };
}

function undoOf(setting: Setting, state: SettingState): string {
  const isRegistry = (setting.write ?? []).every((write) => write.registry !== undefined || write.registryList !== undefined);
  const nothingThere = isRegistry && state.written.length > 0 && state.written.every((place) => place.state === 'absent');
  if (nothingThere) return 'take it away again: nothing is set now';
  return `set ${shortly(state.value)} again`;
}

const SHOWN = 120;

function shortly(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN).replace(/[\ud800-\udbff]$/, '')}…` : text;
}
