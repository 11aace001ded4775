import type { Json } from '../model/json.ts';
import type { Pack, Policy } from '../model/policy.ts';
import { FACT_KINDS } from '../model/facts/index.ts';
import { type Problem, UserError } from '../model/problem.ts';
import { nearest } from '../lib/schema-check.ts';
import { factKindOf } from '../lib/settings.ts';
import { compilePolicy, type CompiledPolicy, type PolicyOverride } from './compile.ts';
import type { Library } from './library.ts';

export interface Selection {
  /** Pack ids; none means the default pack. */
  readonly packs: readonly string[];
  /** Picks from all policies, whatever the pack. Empty: no such limit. */
  readonly only: readonly string[];
  /** Takes away from the pack. */
  readonly skip: readonly string[];
  /** Parameters that the estate sets, by policy id. */
  readonly estateParams: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** `ID.NAME=VALUE` of the command line, parsed. */
  readonly vars: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

export const DEFAULT_PACK = 'rds-essentials';

/** Compiles what is selected: policy < pack < estate < `--var`. Throws UserError when nothing is left or a name is wrong. */
export function selectPolicies(library: Library, selection: Selection): CompiledPolicy[] {
  const named = selection.packs.length > 0 ? selection.packs : selection.only.length > 0 ? [] : [DEFAULT_PACK];
  const packs = named.map((id) => packById(library.packs, id));
  for (const id of [...selection.only, ...selection.skip, ...Object.keys(selection.vars), ...Object.keys(selection.estateParams)])
    idOrPattern(library.policies, id);
  const chosen = library.policies.filter((policy) =>
    selection.only.length > 0
      ? selection.only.some((pattern) => matchesId(policy.id, pattern))
      : packs.some((pack) => pack.policies.some((pattern) => matchesId(policy.id, pattern))),
  );
  const left = chosen.filter((policy) => !selection.skip.some((pattern) => matchesId(policy.id, pattern)));
  if (left.length === 0)
    throw new UserError('policy.none-selected', 'No policy is selected.', 'Check --pack, --only and --skip; `rdposture policy list` shows what there is.');
  for (const policy of left) if (library.own?.includes(policy.id) === true) checkKind(policy, library.areas);
  return left.map((policy) => compilePolicy(policy, overrideOf(policy, packs, selection)));
}

/** A kind that there is not has no facts: the policy would pass whatever there is. */
function checkKind({ id, kind }: Policy, areas: Library['areas']): void {
  const kinds = [...FACT_KINDS, ...areas.map(factKindOf)].map((known) => known.kind);
  if (kinds.includes(kind)) return;
  const near = nearest(kind, kinds);
  throw new UserError(
    'policy.unknown-kind',
    `The policy '${id}' judges '${kind}', and there are no such facts.`,
    `${near === undefined ? '' : `Did you mean '${near}'? `}docs/facts.md lists the kinds; \`rdposture policy lint\` checks a policy whole.`,
  );
}

/** A user's own policies that nothing selects, and that somebody may take for judged. */
export function unselectedProblems({ own = [] }: Library, selection: Pick<Selection, 'only' | 'skip'>, selected: readonly CompiledPolicy[]): Problem[] {
  const judged = new Set(selected.map(({ policy }) => policy.id));
  const left = own.filter((id) => !judged.has(id) && !selection.skip.some((pattern) => matchesId(id, pattern)));
  if (left.length === 0 || selection.only.length > 0) return [];
  const named = `${left.slice(0, 5).join(', ')}${left.length > 5 ? ` and ${left.length - 5} more` : ''}`;
  return [
    {
      level: 'warning',
      code: 'policy.unselected',
      message: `Policies of your own are in no pack that is judged: ${named}.`,
      hint: 'Name them in a pack of yours (`packs/NAME.yaml` in the policy folder) and give it with --pack, or pick them with --only.',
    },
  ];
}

function overrideOf(policy: Policy, packs: readonly Pack[], selection: Selection): PolicyOverride {
  let override: PolicyOverride = {};
  let from: string | null = null;
  for (const pack of packs) {
    const own = pack.overrides?.[policy.id];
    if (own === undefined) continue;
    if (from !== null && JSON.stringify(own) !== JSON.stringify(override)) {
      throw new UserError('pack.disagreement', `The packs '${from}' and '${pack.id}' disagree on '${policy.id}'.`, 'Name one of them, or decide with --var.');
    }
    override = own;
    from = pack.id;
  }
  const params = { ...override.params, ...selection.estateParams[policy.id], ...selection.vars[policy.id] };
  return { ...override, params };
}

/** `FW-004`, or a family as `FW-*`. */
export function matchesId(id: string, pattern: string): boolean {
  return pattern === id || (pattern.endsWith('-*') && id.startsWith(pattern.slice(0, -1)));
}

function packById(packs: readonly Pack[], id: string): Pack {
  const pack = packs.find((candidate) => candidate.id === id);
  if (pack !== undefined) return pack;
  const ids = packs.map((known) => known.id);
  const near = nearest(id, ids);
  throw new UserError('pack.unknown', `There is no pack '${id}'.`, `${near === undefined ? '' : `Did you mean '${near}'? `}There is: ${ids.join(', ')}.`);
}

function idOrPattern(policies: readonly Policy[], id: string): void {
  if (policies.some((policy) => matchesId(policy.id, id))) return;
  const near = nearest(
    id,
    policies.map((policy) => policy.id),
  );
  throw new UserError(
    'policy.unknown-id',
    `There is no policy '${id}'.`,
    near === undefined ? '`rdposture policy list` shows what there is.' : `Did you mean '${near}'?`,
  );
}
