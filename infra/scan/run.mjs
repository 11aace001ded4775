// What the container of the scheduled scan runs: one scan of the estate on the share, with reports beside it. The last line says
// how it ended, for the alerts of infra/scan.ts: `rdposture-scan: passed | new-findings | incomplete | failed`.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The share: `estate.yaml`, `snapshots/`, `known_hosts` come from people; `reports/` is written here. */
const data = process.env.SCAN_DATA ?? '/data';
/** A private key that the platform mounts from the vault; absent when no host is asked over SSH. */
const key = process.env.SCAN_KEY ?? '/key/id';
const program = process.env.SCAN_PROGRAM ?? 'rdposture';
const reports = join(data, 'reports');
/** The last report that saw everything: what is in it is not new. */
const baseline = join(reports, 'latest.json');
/** Reports by date that are kept. */
const KEPT = 90;

mkdirSync(reports, { recursive: true });
prepareEstate();
prepareKey();
finish(scan());

/** An estate of the subscription alone, until somebody writes a better one. */
function prepareEstate() {
  const estate = join(data, 'estate.yaml');
  const subscription = process.env.SCAN_SUBSCRIPTION ?? '';
  if (existsSync(estate) || !/^[0-9a-f-]{36}$/i.test(subscription)) return;
  writeFileSync(estate, `version: 1\nname: estate\nsnapshots: { folder: snapshots/, maxAge: 7d }\nazure: { subscriptions: [${subscription}] }\n`);
}

/** OpenSSH takes no key that others may read, and no host that it does not know. */
function prepareKey() {
  if (!existsSync(key)) return;
  const folder = join(homedir(), '.ssh');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const own = join(folder, 'id');
  copyFileSync(key, own);
  chmodSync(own, 0o600);
  writeFileSync(join(folder, 'config'), `Host *\n  IdentityFile ${own}\n  IdentitiesOnly yes\n  UserKnownHostsFile ${join(data, 'known_hosts')}\n`, {
    mode: 0o600,
  });
}

/** The exit code, and the report that was written; null when none was. */
function scan() {
  const made = join(reports, 'new.json');
  rmSync(made, { force: true });
  const outputs = [`json:${made}`, `html:${join(reports, 'latest.html')}`, `sarif-full:${join(reports, 'latest.sarif')}`, 'console:-'];
  const known = existsSync(baseline) ? ['--baseline', baseline] : [];
  const { status, error } = spawnSync(program, ['scan', data, ...outputs.flatMap((output) => ['--report', output]), '--fail-on', 'high', ...known], {
    cwd: data,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  if (error !== undefined) console.error(error.message);
  return { status, made: existsSync(made) ? made : null };
}

function finish({ status, made }) {
  const complete = made !== null && JSON.parse(readFileSync(made, 'utf8')).scan.complete === true;
  if (made !== null) {
    const dated = join(reports, `${new Date().toISOString().replaceAll(':', '')}.json`);
    copyFileSync(made, dated);
    // What an incomplete scan did not see would be new the next time.
    if (complete) renameSync(made, baseline);
    else rmSync(made);
    for (const old of readdirSync(reports)
      .filter((name) => /^\d{4}-.*\.json$/.test(name))
      .toSorted()
      .slice(0, -KEPT))
      rmSync(join(reports, old));
  }
  const known = status === 0 || status === 1 || status === 3;
  const outcome = !known ? 'failed' : status === 1 ? 'new-findings' : complete ? 'passed' : 'incomplete';
  console.log(`rdposture-scan: ${outcome}`);
  // What was found is no failure of the job: people are told by the line above.
  process.exitCode = known ? 0 : (status ?? 70);
}
