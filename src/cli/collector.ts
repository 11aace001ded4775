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
}

const SCRIPTS: Readonly<Record<LiveTarget['kind'], string>> = {
  'windows-host': 'Collect-RdsHost.ps1',
  'rds-deployment': 'Collect-RdsDeployment.ps1',
};

export function collectorOf(catalogue: readonly Area[], folder = join(PACKAGE_ROOT, 'collectors')): Collector {
  const scripts = new Map<string, string>();
  const registry = registryRequest(catalogue);
  return {
    requestOf: ({ kind, name }, nonce) => JSON.stringify(collectorRequest({ nonce, kind, name }, registry)),
    scriptOf: (kind) => {
      let text = scripts.get(kind);
      if (text === undefined) {
        const path = join(folder, SCRIPTS[kind]);
        if (!existsSync(path)) throw new UserError('collect.no-collector', `The collector '${SCRIPTS[kind]}' is not installed.`, 'Install rdposture again.');
        text = readFileSync(path, 'utf8');
        scripts.set(kind, text);
      }
      return text;
    },
  };
}
