import { isAbsolute, resolve } from 'node:path';
import type { LiveTarget } from '../collect/live/targets.ts';
import { globMatches } from '../lib/glob.ts';
import { nearest } from '../lib/schema-check.ts';
import type { Connect, Estate } from '../model/estate.ts';
import { UserError } from '../model/problem.ts';

/** A target of the estate, and the groups that it can be named by. */
interface Named {
  readonly target: LiveTarget;
  readonly groups: readonly string[];
}

/** Hosts and deployments of an estate, as they are connected to. `folder` is the estate's. */
export function targetsOf(estate: Estate, folder: string): Named[] {
  const addresses = new Map(estate.hosts.map((host) => [host.name.toLowerCase(), host.address]));
  const login = (connect: Connect | undefined): Pick<LiveTarget, 'user' | 'port' | 'keyFile' | 'winrm' | 'sshOptions'> => ({
    user: connect?.user ?? null,
    port: connect?.port ?? null,
    keyFile: keyFileOf(connect?.keyFile ?? null, folder),
    ...(connect?.winrm === undefined ? {} : { winrm: connect.winrm }),
    ...(connect?.sshOptions === undefined ? {} : { sshOptions: connect.sshOptions }),
  });
  return [
    ...estate.hosts.map((host) => ({
      target: {
        id: `windows-host:${host.name.toLowerCase()}`,
        kind: 'windows-host' as const,
        name: host.name,
        address: host.address,
        over: host.over,
        ...login(host.connect),
      },
      groups: host.groups,
    })),
    ...estate.deployments.map(({ broker, over, connect }) => ({
      target: {
        id: `rds-deployment:${broker.toLowerCase()}`,
        kind: 'rds-deployment' as const,
        name: broker,
        address: addresses.get(broker.toLowerCase()) ?? broker,
        over,
        ...login(connect),
      },
      groups: [],
    })),
  ];
}

function keyFileOf(written: string | null, folder: string): string | null {
  return written === null || isAbsolute(written) || written.startsWith('~/') ? written : resolve(folder, written);
}

/** Those that are contacted: what connects by `snapshot` never is. */
export function contactedOf(estate: Estate, folder: string): LiveTarget[] {
  return targetsOf(estate, folder).flatMap(({ target }) => (target.over === 'snapshot' ? [] : [target]));
}

/** What somebody names: targets, their ids, groups, `rdsh*`; everything that is contacted when nothing is named. */
export function selectTargets(estate: Estate, folder: string, names: readonly string[]): LiveTarget[] {
  if (names.length === 0) return contactedOf(estate, folder);
  const all = targetsOf(estate, folder);
  const chosen = new Map<string, LiveTarget>();
  for (const name of names) {
    const found = all.filter(({ target, groups }) => [target.name, target.id, ...groups].some((known) => globMatches(name, known)));
    if (found.length === 0) {
      const near = nearest(
        name,
        all.flatMap(({ target, groups }) => [target.name, ...groups]),
      );
      throw new UserError(
        'collect.unknown-target',
        `The estate has no target '${name}'.`,
        near === undefined ? 'Name a host, a broker or a group.' : `Did you mean '${near}'?`,
      );
    }
    const contacted = found.filter(({ target }) => target.over !== 'snapshot');
    if (contacted.length === 0)
      throw new UserError(
        'collect.not-contacted',
        `'${name}' connects by \`snapshot\` and is never contacted.`,
        'Give it `connect: { over: ssh }` in the estate, or run the collector there and put its snapshot into the folder.',
      );
    for (const { target } of contacted) chosen.set(target.id, target);
  }
  return [...chosen.values()];
}
