import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectorRequest, registryRequest } from '../collect/live/request.ts';
import type { LiveTarget } from '../collect/live/targets.ts';
import { UserError } from '../model/problem.ts';
import type { Area } from '../model/setting.ts';
import { PACKAGE_ROOT } from './paths.ts';

/** What runs on a host, and what it is asked. */
export interface Collector {
  readonly requestOf: (target: LiveTarget, nonce: string) => string;
  readonly scriptOf: (kind: LiveTarget['kind']) => string;
  /** What runs on this machine to reach hosts, or itself. */
  readonly remotingOf: (name: string) => string;
}

const SCRIPTS: Readonly<Record<LiveTarget['kind'], string>> = {
  'windows-host': 'Collect-RdsHost.ps1',
  'rds-deployment': 'Collect-RdsDeployment.ps1',
};

export function collectorOf(catalogue: readonly Area[], folder = join(PACKAGE_ROOT, 'collectors')): Collector {
  const scripts = new Map<string, string>();
  const textOf = (inFolder: string, name: string): string => {
    let text = scripts.get(name);
    if (text === undefined) {
      const path = join(inFolder, name);
      if (!existsSync(path)) throw new UserError('collect.no-collector', `The collector '${name}' is not installed.`, 'Install rdposture again.');
      text = readFileSync(path, 'utf8');
      scripts.set(name, text);
    }
    return text;
  };
  const registry = registryRequest(catalogue);
  return {
    requestOf: ({ kind, name }, nonce) => JSON.stringify(collectorRequest({ nonce, kind, name }, registry)),
    scriptOf: (kind) => textOf(folder, SCRIPTS[kind]),
    remotingOf: (name) => textOf(join(PACKAGE_ROOT, 'remoting'), name),
  };
}
