import { NO_INPUTS } from '../collect/pulumi/token.ts';
import type { JudgedFact } from '../evaluate/evaluate.ts';
import { type PlannedChange, type PlannedFix, settingPointer } from '../fix/plan.ts';
import { type Candidate, type Proof, prove } from '../fix/prove.ts';
import type { TextDocument } from '../lib/document.ts';
import { mergeRdpProperties } from '../lib/rdp-properties.ts';
import type { EstateDeployment, EstateGateway, EstateHost } from '../model/estate.ts';
import type { FileEdit, Fix, ValueChange } from '../model/finding.ts';
import { isObject, type Json } from '../model/json.ts';
import type { Dialect } from '../model/location.ts';
import { type Pointer, pointerOf, stepsOf, valueAt } from '../model/pointer.ts';
import { powershellFor, type SettingChange } from '../remediate/powershell.ts';
import { plannedOf } from './fix-plans.ts';
import { partOfFix } from './fix-parts.ts';
import type { FileChange, FixWorld } from './fix-view.ts';
import { keyOf, targetId } from './keys.ts';
import { currentSetting, judgeEdited } from './fix-world.ts';
import { entryOf } from './judge-target.ts';
import { isBicepView } from './source-view.ts';

/** A planned fix with the text changes that make it real, or why there are none. */
interface DraftFix {
  readonly planned: PlannedFix;
  readonly changes: readonly FileChange[];
  readonly values: readonly ValueChange[];
  readonly powershell: readonly SettingChange[];
  readonly note: string | null;
}

/**
 * The fixes of failing facts, by `keyOf`. Edits are offered only when proved; of a finding's fixes the first that can be
 * proved carries the edit. `failingNow` are the facts that fail in the view that fixes are proved in.
 */
export function offerFixes(judged: readonly JudgedFact[], failingNow: ReadonlyMap<string, JudgedFact>, world: FixWorld): Map<string, Fix[]> {
  const drafts = new Map<string, DraftFix[]>();
  for (const item of judged) {
    const now = failingNow.get(keyOf(item));
    drafts.set(keyOf(item), now === undefined ? appliedDrafts(item, world) : draftsOf(now, world));
  }
  const proofs = proveDrafts(judged, drafts, world);
  return new Map(judged.map((item) => [keyOf(item), fixesOf(item, drafts.get(keyOf(item)) ?? [], proofs.get(keyOf(item)), world)]));
}

function draftsOf(judged: JudgedFact, world: FixWorld): DraftFix[] {
  return planned(judged, world).map((plan) => draftOf(plan, judged, world));
}

/** A host finding that is right already in what the estate declares: what is left is to apply it. */
function appliedDrafts(judged: JudgedFact, world: FixWorld): DraftFix[] {
  const note = 'The estate declares it already: apply it (`rdposture fix --script DIR` writes the commands).';
  return planned(judged, world).map((plan) => ({ ...draftOf({ ...plan, blocked: null }, judged, world), changes: [], note }));
}

function planned(judged: JudgedFact, world: FixWorld): PlannedFix[] {
  const known = world.results.get(judged.fact.target)?.plans.get(keyOf(judged));
  return [...(known ?? plannedOf(judged, (target, path) => currentSetting(world, target, path), world.context))];
}

function draftOf(plan: PlannedFix, judged: JudgedFact, world: FixWorld): DraftFix {
  const changes: FileChange[] = [];
  const values: ValueChange[] = [];
  const powershell: SettingChange[] = [];
  let note = plan.blocked;
  const added = new Map<string, NewHost>();
  for (const change of plan.changes) {
    if (change.at === 'setting') {
      powershell.push({ target: change.target, path: change.path, value: change.after });
      const edit = settingEdit(change, world, added);
      values.push({ on: change.target, path: pointerOf(change.path).slice(1), before: change.before, after: change.after, ...(edit === null ? {} : { edit }) });
      if (edit === null) note ??= noEstate(world);
      else if (
        !changes.some(
          (known) =>
            known.file === edit.file &&
            edit.pointer === NEW_HOST &&
            known.change.pointer === NEW_HOST &&
            'set' in known.change &&
            known.change.set === edit.set,
        )
      )
        changes.push({
          file: edit.file,
          change: edit.remove === true ? { pointer: edit.pointer, remove: true } : { pointer: edit.pointer, set: edit.set ?? null },
        });
    } else {
      const made = resourceEdit(change, judged, world);
      if (made === ABSENT) continue;
      if (typeof made === 'string') note ??= made;
      else {
        values.push(made);
        if (made.edit !== undefined)
          changes.push({
            file: made.edit.file,
            change: made.edit.remove === true ? { pointer: made.edit.pointer, remove: true } : { pointer: made.edit.pointer, set: made.edit.set ?? null },
          });
      }
    }
  }
  return { planned: plan, changes: note === null ? changes : [], values, powershell, note };
}

function noEstate(world: FixWorld): string {
  return world.estate === null ? 'Name the target in an estate.yaml to have this as an edit.' : 'The estate does not name the target.';
}

function entryOfTarget(target: string, world: FixWorld): EstateHost | EstateDeployment | EstateGateway | null {
  const at = target.indexOf(':');
  const kind = target.slice(0, at);
  if (kind !== 'windows-host' && kind !== 'rds-deployment' && kind !== 'endpoint') return null;
  const { host, deployment, gateway } = entryOf(kind, target.slice(at + 1), world.context);
  return host ?? deployment ?? gateway;
}

type Edit = NonNullable<ValueChange['edit']>;

/** An entry that a fix adds to `hosts`. */
type NewHost = { readonly name: string; readonly settings: Record<string, Json> };
const NEW_HOST = '/hosts/-';

function settingEdit(change: Extract<PlannedChange, { at: 'setting' }>, world: FixWorld, added: Map<string, NewHost>): Edit | null {
  const entry = entryOfTarget(change.target, world);
  if (entry === null || world.estate === null) return null;
  const file = world.estate.file.name;
  if (!('own' in entry) || entry.own !== null)
    return { file, pointer: settingPointer('own' in entry ? (entry.own ?? '') : entry.pointer, change.path), set: change.after };
  // A host that only a group names gets an entry of its own, one for all changes of the fix.
  const known = added.get(entry.name) ?? { name: entry.name, settings: {} };
  added.set(entry.name, known);
  put(known.settings, change.path, change.after);
  return { file, pointer: NEW_HOST, set: known };
}

function put(settings: Record<string, Json>, path: readonly string[], value: Json): void {
  let current = settings;
  for (const step of path.slice(0, -1)) {
    const next = Object.hasOwn(current, step) ? current[step] : undefined;
    const object: Record<string, Json> = isObject(next) ? next : {};
    current[step] = object;
    current = object;
  }
  current[path.at(-1) ?? ''] = value;
}

/** The edit of a cloud document, or why there is none. */
function resourceEdit(change: Extract<PlannedChange, { at: 'resource' }>, judged: JudgedFact, world: FixWorld): ValueChange | string {
  const { origin } = judged.fact;
  if (origin.at !== 'document') return 'It does not stand in a document.';
  const dialect = world.views.has(origin.file) && origin.dialect === 'read-only' ? 'pulumi-yaml' : origin.dialect;
  if (dialect === 'read-only') return 'The document is an export: change the program that makes it, or use the commands.';
  if (dialect === 'pulumi-yaml' && NO_INPUTS.has(stepsOf(change.place.at)[0] ?? '')) return 'The provider azure-native has no input for it: use the commands.';
  const { file, document, pointer, why } = statedIn(change, origin, world);
  if (document === null) return `'${file}' cannot be read.`;
  if (pointer === undefined) return why ?? (change.remove === true ? ABSENT : 'The file has no place for it.');
  const before = valueAt(document.value, pointer) ?? null;
  if (insideExpression(document.value, pointer, dialect, change.remove === true)) return 'The value is an expression: change what it is made from.';
  const base = { on: file, path: pointer, before };
  if (change.remove === true) return { ...base, after: null, remove: true, edit: { file, pointer, remove: true } };
  const set = change.rdp === undefined ? (change.set ?? null) : mergeRdpProperties(before, change.rdp);
  return set === null
    ? 'The property string is not a text.'
    : { ...base, after: set, edit: { file, pointer, set, ...(change.rdp === undefined ? {} : { rdp: change.rdp }) } };
}

/** The file and the pointer that a change is made at: of a compiled file, in the source that states it. */
function statedIn(
  change: Extract<PlannedChange, { at: 'resource' }>,
  { file, dialect }: { readonly file: string; readonly dialect: Dialect },
  world: FixWorld,
): { readonly file: string; readonly document: TextDocument | null; readonly pointer: Pointer | undefined; readonly why?: string } {
  const removing = change.remove === true;
  const view = world.views.get(file);
  if (view !== undefined) {
    const found = removing ? view.resolve(change.place) : view.writable(change.place);
    const why = isBicepView(view) ? null : view.why(change.place, removing);
    // A stack's document that has no place in the program is edited nowhere.
    if (why !== null) return { file, document: world.open(file)?.document ?? null, pointer: undefined, why };
    return { file: found?.source.file.name ?? file, document: (found ?? view.nearest(change.place))?.source.document ?? null, pointer: found?.pointer };
  }
  const document = world.open(file)?.document ?? null;
  const pointer = removing ? document?.resolve(change.place, dialect) : document?.writable(change.place, dialect);
  return { file, document, pointer };
}

/** Removing what is not there is nothing to do. */
const ABSENT = '\0absent';

/** An edit is never made inside an expression, nor may it replace one. */
function insideExpression(document: Json, pointer: Pointer, dialect: 'arm' | 'pulumi-yaml', removing: boolean): boolean {
  const steps = stepsOf(pointer);
  const last = removing ? steps.length - 1 : steps.length;
  for (let length = 1; length <= last; length++) {
    const value = valueAt(document, pointerOf(steps.slice(0, length)));
    if (typeof value === 'string' && (dialect === 'arm' ? value.startsWith('[') && !value.startsWith('[[') : /(?<!\$)\$\{/.test(value))) return true;
    if (isObject(value) && Object.keys(value).some((name) => name.startsWith('fn::'))) return true;
  }
  return false;
}

/** Tries each finding's fixes in their order until one is proved. */
function proveDrafts(judged: readonly JudgedFact[], drafts: ReadonlyMap<string, DraftFix[]>, world: FixWorld): Map<string, Map<number, Proof>> {
  const proofs = new Map<string, Map<number, Proof>>();
  const components = componentsOf(world);
  let waiting = judged.map((item) => ({ item, key: keyOf(item), index: nextIndex(drafts.get(keyOf(item)) ?? [], -1) }));
  while ((waiting = waiting.filter(({ index }) => index >= 0)).length > 0) {
    const parts = waiting.map(({ item, key, index }) => partOfFix(item, drafts.get(key)?.[index]?.changes ?? [], world));
    const candidates = waiting.map(({ item, key, index }, id): Candidate<FileChange> => ({
      id,
      component: parts[id] ?? components(item),
      fingerprint: key,
      changes: drafts.get(key)?.[index]?.changes ?? [],
    }));
    // What is not known to stay in its part of a document is proved apart from what does.
    const inParts = candidates.filter((_candidate, id) => parts[id] !== null);
    const results = new Map(
      [inParts, candidates.filter((_candidate, id) => parts[id] === null)].flatMap((some) => [...prove(some, (changes) => judgeEdited(world, changes))]),
    );
    waiting = waiting.map(({ item, key, index }, id) => {
      const proof = results.get(id) ?? { proved: false, why: 'It was not tried.' };
      const known = proofs.get(key) ?? new Map<number, Proof>();
      known.set(index, proof);
      proofs.set(key, known);
      return { item, key, index: proof.proved ? -1 : nextIndex(drafts.get(key) ?? [], index) };
    });
  }
  return proofs;
}

function nextIndex(drafts: readonly DraftFix[], after: number): number {
  return drafts.findIndex((draft, index) => index > after && draft.changes.length > 0);
}

/** Hosts of one deployment belong together, everything of one document too. */
function componentsOf(world: FixWorld): (judged: JudgedFact) => string {
  const deploymentOf = new Map<string, string>();
  for (const result of world.results.values()) {
    for (const fact of result.retained) {
      if (fact.kind !== 'rds.collection' || !Array.isArray(fact.data['hosts'])) continue;
      for (const host of fact.data['hosts'] as readonly Json[]) deploymentOf.set(targetId('windows-host', String(host)), result.target.id);
    }
  }
  return ({ fact }) => deploymentOf.get(fact.target) ?? fact.target;
}

function fixesOf(judged: JudgedFact, drafts: readonly DraftFix[], proofs: ReadonlyMap<number, Proof> | undefined, world: FixWorld): Fix[] {
  const { run } = judged.policy.policy;
  const fixes = drafts.map((draft, index): Fix => {
    const proof = proofs?.get(index);
    const edits = proof?.proved === true ? editsOf(draft.changes, world) : null;
    const powershell = draft.powershell.length === 0 ? null : powershellFor(draft.powershell, world.context.normalise.catalogue, world.results);
    const note = draft.note ?? (proof?.proved === false ? proof.why : null);
    return {
      title: draft.planned.title,
      changes: draft.values,
      risk: draft.planned.risk,
      needs: draft.planned.needs,
      ...(edits === null ? {} : { edits }),
      ...(powershell === null || powershell === '' ? {} : { powershell }),
      ...(draft.planned.az.length === 0 ? {} : { az: draft.planned.az }),
      ...(note === null ? {} : { note }),
    };
  });
  const first = fixes.findIndex((fix) => fix.edits !== undefined);
  const ordered = first > 0 ? [fixes[first] as Fix, ...fixes.filter((_fix, index) => index !== first)] : fixes;
  return run === undefined
    ? ordered
    : [...ordered, { title: `Steps by hand: \`rdposture explain ${judged.policy.policy.id}\` shows them`, changes: [], risk: 'review', needs: [], run }];
}

function editsOf(changes: readonly FileChange[], world: FixWorld): FileEdit[] | null {
  const files = [...new Set(changes.map((change) => change.file))];
  const edits = files.map((file): FileEdit | null => {
    const result = world.open(file)?.document.edit(changes.filter((change) => change.file === file).map(({ change }) => change));
    const sha256 = world.hashOf(file);
    return result === undefined || 'refused' in result || sha256 === null ? null : { file, sha256, replacements: result.replacements };
  });
  return edits.every((edit) => edit !== null) ? edits : null;
}
