import type { Control } from '../../model/policy.ts';
import type { ReportPolicy } from '../../model/report.ts';
import { compare } from '../order.ts';
import { frameworkOf, taxonAddress, taxonId, taxonName } from './frameworks.ts';
import { guidOf } from './identity.ts';
import { sentence } from './text.ts';

/** The frameworks that the policies' controls name, as SARIF taxonomies, and how a rule is tied to them. */
export interface Taxonomies {
  readonly taxonomies: readonly object[];
  readonly supported: readonly object[];
  readonly relationshipsOf: (policy: ReportPolicy) => readonly object[];
}

interface Taxon {
  readonly framework: number;
  readonly index: number;
  /** How many policies name it: one that stands for the whole control is `equal`, else each is a part of it. */
  readonly policies: Set<string>;
}

export function taxonomiesOf(policies: readonly ReportPolicy[]): Taxonomies {
  const frameworks = new Map<string, Map<string, Set<string>>>();
  for (const policy of policies) for (const control of policy.controls) note(frameworks, control, policy.id);
  const ordered = [...frameworks].sort(([left], [right]) => compare(left, right));
  const taxa = new Map<string, Taxon>();
  const taxonomies = ordered.map(([framework, ids], position) => {
    const sorted = [...ids].sort(([left], [right]) => compare(left, right));
    sorted.forEach(([id, named], index) => taxa.set(`${framework}\0${id}`, { framework: position, index, policies: named }));
    return taxonomy(
      framework,
      sorted.map(([id]) => id),
    );
  });
  const names = ordered.map(([framework]) => ({ id: framework, name: frameworkOf(framework).name, guid: guidOf('taxonomy', framework) }));
  return {
    taxonomies,
    supported: names.map(({ name, guid }, index) => ({ name, index, guid })),
    relationshipsOf: (policy) => relationships(policy, taxa),
  };
}

function note(frameworks: Map<string, Map<string, Set<string>>>, control: Control, policy: string): void {
  const taxa = frameworks.get(control.framework) ?? new Map<string, Set<string>>();
  frameworks.set(control.framework, taxa);
  const id = taxonId(control.framework, control.id);
  const named = taxa.get(id) ?? new Set<string>();
  taxa.set(id, named.add(policy));
}

function taxonomy(framework: string, ids: readonly string[]): object {
  const { name, version, organization, address } = frameworkOf(framework);
  return {
    guid: guidOf('taxonomy', framework),
    name,
    ...(version === undefined ? {} : { version }),
    ...(organization === undefined ? {} : { organization }),
    ...(address === undefined ? {} : { informationUri: address }),
    shortDescription: { text: sentence(version === undefined ? name : `${name} ${version}`) },
    isComprehensive: false,
    taxa: ids.map((id) => taxon(framework, id)),
  };
}

function taxon(framework: string, id: string): object {
  const address = taxonAddress(framework, id);
  return {
    id,
    guid: guidOf('taxon', framework, id),
    name: taxonName(framework, id),
    shortDescription: { text: sentence(`${frameworkOf(framework).name} ${id}`) },
    ...(address === undefined ? {} : { helpUri: address }),
  };
}

function relationships(policy: ReportPolicy, taxa: ReadonlyMap<string, Taxon>): object[] {
  const seen = new Set<string>();
  const related: object[] = [];
  const controls = [...policy.controls].sort((left, right) => compare(left.framework, right.framework) || compare(left.id, right.id));
  for (const control of controls) {
    const id = taxonId(control.framework, control.id);
    const key = `${control.framework}\0${id}`;
    const found = taxa.get(key);
    if (found === undefined || seen.has(key)) continue;
    seen.add(key);
    const { name, wider } = frameworkOf(control.framework);
    related.push({
      target: {
        id,
        guid: guidOf('taxon', control.framework, id),
        index: found.index,
        toolComponent: { name, guid: guidOf('taxonomy', control.framework), index: found.framework },
      },
      kinds: [wider || found.policies.size > 1 ? 'superset' : 'equal'],
    });
  }
  return related;
}
