import { beforeAll, describe, expect, test } from 'vitest';
import { EXPECTED, insecure } from './insecure.ts';
import { preview, previewDocument } from './preview.ts';
import { config, run, stackExport } from './program.ts';
import { AZURE, failures, scanDocument } from './scan.ts';
import { type Pack, startPack } from '../policy-pack/engine.ts';

const GROUP = '00000000-0000-0000-0000-000000000000';
const FULL = {
  scanHosts: 'ssh',
  adminNetworks: '["10.20.0.16/28"]',
  avdUsersGroup: GROUP,
  avdRegistrationToken: 'not-a-real-token',
  avdConfigurationUrl: 'https://contoso.com/Configuration.zip',
};

/** Of a program nobody knows what others declare: who else may be assigned, and which other host pools there are. */
const NEVER_DECIDED = ['AVD-013', 'AVD-016'];

test.each([
  ['gateway', []],
  ['avd', NEVER_DECIDED],
  ['both', NEVER_DECIDED],
])('the reference with access by %s has nothing above note', async (access, undecided) => {
  const { resources } = await run(config({ ...FULL, access }));
  const { findings, problems, totals } = scanDocument(stackExport(resources));
  expect(findings.filter(({ outcome, level }) => outcome === 'fail' && level !== 'note').map(({ message }) => message)).toEqual([]);
  expect([...new Set(findings.filter(({ outcome }) => outcome === 'unknown').map(({ policy }) => policy))]).toEqual(undecided);
  expect(problems).toEqual([]);
  expect(totals.pass).toBeGreaterThan(50);
});

test('its insecure twin has what it is meant to have, and no more', async () => {
  const { resources } = await run(config({ ...FULL, access: 'both' }), insecure);
  const { findings } = scanDocument(stackExport(resources));
  const ids = new Set(findings.filter(({ outcome }) => outcome === 'fail').map(({ policy }) => policy));
  expect([...ids].toSorted()).toEqual([...EXPECTED].toSorted());
});

async function inPack<Result>(use: (pack: Pack) => Promise<Result>): Promise<Result> {
  const pack = await startPack({ RDPOSTURE_ONLY: AZURE.join(',') });
  try {
    return await use(pack);
  } finally {
    pack.stop();
  }
}

test.each([
  ['the reference', undefined],
  ['its insecure twin', insecure],
])('the policy pack says the same of %s once it is deployed', async (_what, override) => {
  const { resources } = await run(config({ ...FULL, access: 'both' }), override);
  const scanned = failures(scanDocument(stackExport(resources)));
  const found = await inPack((pack) => pack.run(resources));
  const reported = found.filter(({ policyname }) => policyname !== 'undecided').map(({ policyname, urn }) => `${policyname} ${urn}`);
  expect([...new Set(reported)].toSorted()).toEqual(scanned);
  expect(scanned.length).toBeGreaterThan(0);
});

describe('the program run as the engine runs it', () => {
  let previewed: Awaited<ReturnType<typeof preview>>;
  beforeAll(async () => {
    previewed = await preview(config({ ...FULL, access: 'both' }));
  });

  test('what is not known yet is nowhere a failure, and the pack agrees', async () => {
    const { resources, errors } = previewed;
    expect(errors).toBe('');
    const report = scanDocument(previewDocument(resources));
    expect(report.findings.filter(({ outcome, level }) => outcome === 'fail' && level !== 'note').map(({ message }) => message)).toEqual([]);
    // The network is made with its rules: where it leads is known before there is any id.
    const decided = new Set(Object.entries(report.totals.byPolicy).flatMap(([id, { unknown, pass }]) => (unknown === 0 && pass > 0 ? [id] : [])));
    for (const id of [
      'NET-001',
      'NET-004',
      'NET-006',
      'NET-007',
      'NET-008',
      'NET-010',
      'NET-013',
      'VMH-001',
      'VMH-004',
      'VMH-006',
      'VMH-011',
      'LOG-001',
      'AVD-008',
    ])
      expect(decided, id).toContain(id);
    const found = await inPack((pack) => pack.run(resources));
    const reported = found.filter(({ policyname }) => policyname !== 'undecided').map(({ policyname, urn }) => `${policyname} ${urn}`);
    expect([...new Set(reported)].toSorted()).toEqual(failures(report));
    const open = report.findings.filter(({ outcome }) => outcome === 'unknown');
    const note = found.find(({ policyname }) => policyname === 'undecided');
    expect(note?.message).toContain(`${open.length} verdicts are open`);
  });

  test('a resource says where in the program it is made', () => {
    const bastion = previewed.resources.find(({ type }) => type === 'azure-native:network:BastionHost');
    expect(bastion?.sourcePosition).toMatch(/\/infra\/network\.ts#\d+,\d+$/);
  });

  test('passwords and keys are marked as secrets, and nothing around them', () => {
    const text = JSON.stringify(previewDocument(previewed.resources));
    expect(text).not.toMatch(/not-a-real-(?:password|token)/);
    const machine = previewed.resources.find(({ type }) => type === 'azure-native:compute:VirtualMachine');
    expect(JSON.stringify(previewDocument(machine === undefined ? [] : [machine]))).toContain('"adminPassword":"[secret]"');
  });
});

test('what somebody needs to know is an output', async () => {
  const { outputs } = await run(config({ ...FULL, access: 'both', gateways: '1', sessionHosts: '3' }));
  expect(outputs).toMatchObject({
    gatewayAddress: '192.0.2.10',
    gatewayHosts: ['rdgw01'],
    sessionHosts: ['rdsh01', 'rdsh02', 'rdsh03'],
    hostPool: 'desktops',
    scanJob: 'scan',
  });
});

test('the scan can be left out', async () => {
  const { resources, outputs } = await run(config({ scanEnabled: 'false' }));
  expect(resources.filter(({ type }) => type.startsWith('azure-native:app:'))).toEqual([]);
  expect(outputs).not.toHaveProperty('scanJob');
});

test('a short password is refused before anything is made of it', async () => {
  const { errors } = await preview(config({ adminPassword: 'short' }));
  expect(errors).toContain("'adminPassword' is shorter than 14 characters");
});
