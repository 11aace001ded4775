import { ROLES } from '../estate/schema.ts';
import { rawList, rawText } from '../lib/raw.ts';
import { member } from '../model/json.ts';
import type { NormaliseContext } from '../model/normalise.ts';
import type { Problem } from '../model/problem.ts';
import type { Target } from '../model/target.ts';
import { indexByHost, listsHost } from '../normalise/rds/host-names.ts';
import type { LoadedEstate } from './plan.ts';

type Meant = NonNullable<NormaliseContext['withoutRemoteDesktop']>;

/**
 * Hosts that the list `withoutRemoteDesktop` of the intent names, by lower-cased name. A short name that stands for several
 * full ones means perhaps each of them: turned off where it is not meant, Remote Desktop may be the only way in.
 */
export function hostsWithout(estate: LoadedEstate | null): Meant {
  const meant = new Map<string, 'certainly' | 'perhaps'>();
  for (const { hosts, isSure } of entriesOf(estate, [])) {
    for (const name of hosts) if (isSure || !meant.has(name.toLowerCase())) meant.set(name.toLowerCase(), isSure ? 'certainly' : 'perhaps');
  }
  return meant;
}

/** A warning for each entry that does nothing. Hosts that were judged count, whether the estate names them or not. */
export function withoutProblems(estate: LoadedEstate | null, targets: readonly Target[]): Problem[] {
  const judged = targets.flatMap(({ kind, name }) => (kind === 'windows-host' ? [name] : []));
  return entriesOf(estate, judged).flatMap(({ text, index, hosts, isSure }): Problem[] => {
    if (estate === null || isSure) return [];
    const region = estate.document.regionOf(`/intent/withoutRemoteDesktop/${index}`)?.value ?? estate.document.regionOf('/intent/withoutRemoteDesktop')?.value;
    return [
      {
        level: 'warning',
        code: 'estate.names-nothing',
        message:
          hosts.length === 0
            ? `'${text}' under withoutRemoteDesktop is no host, group or role of the estate: it has no effect.`
            : `'${text}' under withoutRemoteDesktop may be ${hosts.map((name) => `'${name}'`).join(' or ')}: what is intended for them is not known.`,
        hint: hosts.length === 0 ? 'Write the name as the estate does.' : 'Write the full name.',
        file: estate.file.name,
        ...(region === undefined ? {} : { region }),
      },
    ];
  });
}

interface Entry {
  readonly text: string;
  readonly index: number;
  /** Empty, too, where it is a group or a role. */
  readonly hosts: readonly string[];
  readonly isSure: boolean;
}

function entriesOf(estate: LoadedEstate | null, others: readonly string[]): Entry[] {
  if (estate === null) return [];
  const written = rawList(member(estate.estate.intent.all, 'withoutRemoteDesktop'));
  if (written.length === 0) return [];
  const names = [...new Map([...estate.estate.hosts.map(({ name }) => name), ...others].map((name) => [name.toLowerCase(), name])).values()];
  const index = indexByHost(names, (name) => name);
  const sets = new Set([...ROLES, ...groupsOf(estate)].map((set) => set.toLowerCase()));
  return written.map((raw, at): Entry => {
    const text = rawText(raw)?.trim() ?? JSON.stringify(raw);
    const host = index.find(text);
    if (host !== undefined) return { text, index: at, hosts: [host], isSure: true };
    if (sets.has(text.toLowerCase())) return { text, index: at, hosts: [], isSure: true };
    return { text, index: at, hosts: names.filter((name) => listsHost([name], text)), isSure: false };
  });
}

/** Those without a host are no mistake. */
function groupsOf({ document }: LoadedEstate): string[] {
  return Object.keys(member(document.value, 'groups') ?? {});
}
