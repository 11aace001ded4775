import type { Transport } from './job.ts';
import { collectLocally } from './local.ts';
import { collectOverSsh } from './ssh.ts';
import type { LiveTarget } from './targets.ts';
import { collectOverWinrm } from './winrm.ts';

/** The one place that says how `connect: { over: … }` is done. */
export const TRANSPORTS: Readonly<Record<LiveTarget['over'], Transport>> = {
  ssh: collectOverSsh,
  winrm: collectOverWinrm,
  local: collectLocally,
  snapshot: unsupported(
    'snapshots',
    'A target that connects by `snapshot` is never contacted: put its snapshot into the folder, or give it another `connect`.',
  ),
  wire: unsupported('the wire', 'Hosts and deployments are collected over ssh.'),
};

function unsupported(name: string, hint: string): Transport {
  return async function* refuse(targets) {
    for (const target of targets) yield { target, cause: 'not-supported', detail: `collecting over ${name} is not built in`, hint };
  };
}
