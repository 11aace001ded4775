import { expect, test } from 'vitest';
import type { AzureSnapshot } from '../../../src/collect/azure/snapshot.ts';
import { SOURCES } from '../../../src/collect/azure/sources.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { A, B, collectFrom, type Fault, graphQueryOf, refuse, type Seen, send, type World } from './lab.ts';
import { estateOf, HOST_POOL, NIC, POLICY, resource, VAULT, worldOf } from './world.ts';

/** The snapshot of a collection that had to come to one. */
async function snapshotOf(world: World, fault?: Fault, asked: JsonObject = {}): Promise<AzureSnapshot & { readonly seen: readonly Seen[] }> {
  const { results, seen } = await collectFrom(world, { subscriptions: [A], ...asked }, fault);
  const [first] = results;
  if (first?.snapshot === undefined) throw new Error(JSON.stringify(first));
  return { ...first.snapshot, seen };
}

/** The problem of a collection that could not come to a snapshot. */
async function problemOf(fault: Fault, asked: JsonObject = { subscriptions: [A], timeoutSeconds: 12 }, world = worldOf()): Promise<string> {
  const { results } = await collectFrom(world, asked, fault);
  expect(results).toHaveLength(1);
  expect(results[0]?.snapshot).toBeUndefined();
  const { code, message, hint } = results[0]?.problem ?? {};
  return `${code ?? ''}: ${message ?? ''} ${hint ?? ''}`;
}

const isGraph = (seen: Seen): boolean => seen.path.endsWith('microsoft.resourcegraph/resources');
const isResources = (seen: Seen): boolean => isGraph(seen) && graphQueryOf(seen).startsWith('resources ');
const idsOf = ({ resources }: AzureSnapshot): string[] => resources.map((one) => String(one['id']));

test('everything that is there is in the snapshot, from every source, and every source says so', async () => {
  const snapshot = await snapshotOf(worldOf());
  expect(Object.keys(snapshot.sources)).toEqual([...SOURCES.keys()]);
  expect([...new Set(Object.values(snapshot.sources).map(({ status }) => status))]).toEqual(['ok']);
  const ids = idsOf(snapshot);
  for (const { id } of estateOf()) expect(ids).toContain(id);
  expect(ids).toContain(`${HOST_POOL}/sessionHosts/rdsh01`);
  expect(ids).toContain(`${HOST_POOL}/providers/Microsoft.Insights/diagnosticSettings/all`);
  expect(ids).toContain(`${POLICY}/ruleCollectionGroups/default`);
  expect(ids.filter((id) => id.startsWith(`${VAULT}/certificates/`))).toEqual([`${VAULT}/certificates/gateway`, `${VAULT}/certificates/web`]);
  // Only what is assigned at an application group, or above one.
  expect(ids.filter((id) => id.includes('roleAssignments'))).toHaveLength(1);
  expect(snapshot).toMatchObject({ identity: 'environment', cloud: 'public', subscription: { displayName: 'contoso 1', state: 'Enabled' } });
  // The address of a vault is made of its name, whatever a resource says.
  expect(new Set(snapshot.seen.map(({ host }) => host))).toEqual(
    new Set(['login.microsoftonline.com', 'management.azure.com', 'kv-a.vault.azure.net', 'kv-b.vault.azure.net']),
  );
  // One token for each of the two services, however many ask at once.
  expect(snapshot.seen.filter(({ host }) => host.startsWith('login.'))).toHaveLength(2);
});

test('secrets are neither in the snapshot nor anywhere else in what the collector says', async () => {
  const ran = await collectFrom(worldOf(), { subscriptions: [A] });
  const text = JSON.stringify(ran.results);
  expect(text).not.toMatch(/never-\d|bmV2ZXIt|Lab~Secret|secret https/);
  const [snapshot] = ran.results.flatMap((result) => result.snapshot ?? []);
  const one = (name: string): JsonObject => (snapshot?.resources.find((item) => item['name'] === name)?.['properties'] ?? {}) as JsonObject;
  expect(one('hp-a')['registrationInfo']).toEqual({ expirationTime: '2027-01-01T00:00:00Z', token: '(not collected)' });
  expect(JSON.parse(String(one('hp-a')['vmTemplate']))).toMatchObject({ securityType: 'TrustedLaunch', secureBoot: true });
  expect(one('rdsh01/script')).toMatchObject({
    settings: { commandToExecute: 'Password=not-collected', timestamp: 7, mode: 'fast' },
    protectedSettings: '(not collected)',
  });
});

test.each([1, 3, 4])('pages of %i rows lose nothing and invent nothing', async (page) => {
  const whole = await snapshotOf(worldOf());
  const paged = await snapshotOf({ ...worldOf(), page });
  expect(idsOf(paged)).toEqual(idsOf(whole));
});

test('ten thousand resources come whole', async () => {
  const groups = Array.from({ length: 10_000 }, (_, index) => resource(A, 'Microsoft.Network/networkSecurityGroups', `nsg-${index}`, { securityRules: [] }));
  const snapshot = await snapshotOf({ ...worldOf(), resources: { [A]: groups } });
  expect(snapshot.sources['Microsoft.Network']).toMatchObject({ status: 'ok', count: 10_000 });
  expect(snapshot.resources).toHaveLength(10_000);
});

const html = (_: Seen, response: Parameters<Fault>[1]): 'done' => {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Please log on to the network.</body></html>');
  return 'done';
};
const malformed = (_: Seen, response: Parameters<Fault>[1]): 'done' => {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"totalRecords": 1, "data": [');
  return 'done';
};
const cut = (_: Seen, response: Parameters<Fault>[1]): 'done' => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' }).write('{"totalRecords": 0, "count": 0, "data": []');
  setImmediate(() => response.destroy());
  return 'done';
};
const cutChunks = (_: Seen, response: Parameters<Fault>[1]): 'done' => {
  response.writeHead(200, { 'content-type': 'application/json' }).write('{"totalRecords": 0, "count": 0, "data": [], "value": []}');
  setImmediate(() => response.destroy());
  return 'done';
};
const empty = (_: Seen, response: Parameters<Fault>[1]): 'done' => {
  response.writeHead(200).end();
  return 'done';
};
const closed = (_: Seen, response: Parameters<Fault>[1]): 'done' => {
  response.destroy();
  return 'done';
};

const PASSING: readonly (readonly [string, Fault])[] = [
  ['429 with Retry-After', (_, response) => refuse(response, 429, 'RateLimiting', { 'retry-after': '0' })],
  ['429 without Retry-After', (_, response) => refuse(response, 429, 'RateLimiting')],
  ['503', (_, response) => refuse(response, 503, 'ServerBusy')],
  ['500 in HTML', (_, response) => (response.writeHead(500, { 'content-type': 'text/html' }).end('<html>'), 'done')],
  ['HTML with 200', html],
  ['malformed JSON', malformed],
  ['a body that is cut', cut],
  ['a body in chunks that is cut', cutChunks],
  ['an empty body', empty],
  ['a connection that is closed', closed],
];

test.concurrent.each(PASSING)('what passes changes nothing: %s, once in a while', async (_name, fault) => {
  const whole = await snapshotOf(worldOf());
  const places = [
    isResources,
    (seen: Seen) => seen.path === `${HOST_POOL}/sessionHosts`.toLowerCase(),
    (seen: Seen) => seen.host.startsWith('kv-a') && seen.path === '/certificates',
  ];
  const shaken = await snapshotOf(worldOf(), (seen, response, count) =>
    places.some((is) => is(seen)) && count === 0 ? fault(seen, response, count) : undefined,
  );
  expect(idsOf(shaken)).toEqual(idsOf(whole));
  expect(Object.values(shaken.sources).every(({ status }) => status === 'ok')).toBe(true);
});

const NO_ANSWER: readonly (readonly [string, Fault])[] = [
  ['HTML', html],
  ['malformed JSON', malformed],
  ['an empty body', empty],
  ['no number of rows', (_, response) => (send(response, 200, { data: [] }), 'done')],
  ['no list', (_, response) => (send(response, 200, { totalRecords: 0, count: 0 }), 'done')],
  ['a list that is none', (_, response) => (send(response, 200, { totalRecords: 0, count: 0, data: { columns: [], rows: [] } }), 'done')],
  ['another number of rows than announced', (_, response) => (send(response, 200, { totalRecords: 2, count: 2, data: [{ id: '/subscriptions/x' }] }), 'done')],
  ['fewer rows than there are', (_, response) => (send(response, 200, { totalRecords: 2, count: 1, data: [{ id: '/subscriptions/x' }] }), 'done')],
  ['a row without an id', (_, response) => (send(response, 200, { totalRecords: 1, count: 1, data: [{ name: 'x' }] }), 'done')],
  [
    'a list that is cut',
    (_, response) => (send(response, 200, { totalRecords: 1, count: 1, data: [{ id: '/subscriptions/x' }], resultTruncated: 'true' }), 'done'),
  ],
  [
    'the same page for ever',
    (_, response) => (send(response, 200, { totalRecords: 9, count: 1, data: [{ id: '/subscriptions/x' }], $skipToken: 'again' }), 'done'),
  ],
];

test.concurrent.each(NO_ANSWER)('what is no answer is never an empty estate: %s', async (_name, fault) => {
  expect(await problemOf((seen, response, count) => (isResources(seen) ? fault(seen, response, count) : undefined))).toMatch(
    /^azure\.malformed: Nothing of the subscription/,
  );
});

test('an answer without an end is not waited for, and nothing else hangs with it', async () => {
  const text = await problemOf((seen) => (isResources(seen) ? 'done' : undefined), { subscriptions: [A], timeoutSeconds: 5 });
  expect(text).toMatch(/^azure\.timeout: .*did not answer within .*--timeout/);
});

test('an answer that grows without end is let go', async () => {
  const text = await problemOf(
    (seen, response) => {
      if (!isResources(seen)) return undefined;
      response.writeHead(200, { 'content-type': 'application/json' });
      const part = Buffer.alloc(1024 * 1024, ' ');
      const more = (): void => {
        while (!response.destroyed && response.write(part));
      };
      response.on('drain', more);
      more();
      return 'done';
    },
    { subscriptions: [A], timeoutSeconds: 50 },
  );
  expect(text).toMatch(/^azure\.too-large: .*larger than 64 MiB/);
});

test('what throttles for longer than there is time is said', async () => {
  const fault: Fault = (seen, response) => (isResources(seen) ? refuse(response, 429, 'RateLimiting', { 'retry-after': '3000' }) : undefined);
  expect(await problemOf(fault)).toMatch(/^azure\.throttled: .*429 \(RateLimiting\).*Collect again later/);
});

test('the quota in the headers is kept to: nobody asks before its time', async () => {
  let notBefore = 0;
  let early = 0;
  await snapshotOf(worldOf(), (seen, response) => {
    if (!isGraph(seen)) return undefined;
    if (performance.now() < notBefore) early++;
    notBefore = performance.now() + 900;
    response.setHeader('x-ms-user-quota-remaining', '0');
    response.setHeader('x-ms-user-quota-resets-after', '00:00:01');
    return undefined;
  });
  expect(early).toBe(0);
});

const at =
  (path: string): ((seen: Seen) => boolean) =>
  (seen) =>
    seen.path === path.toLowerCase();

test.each([
  [403, 'AuthorizationFailed', /^azure\.denied: Nothing of the subscription .*403 \(AuthorizationFailed\).*'Reader' on the subscription/],
  [404, 'SubscriptionNotFound', /^azure\.absent: .*has a role there/],
])('a subscription that nobody may see is a failed one: %i', async (status, code, words) => {
  const fault: Fault = (seen, response) => (at(`/subscriptions/${A}`)(seen) ? refuse(response, status, code) : undefined);
  expect(await problemOf(fault)).toMatch(words);
});

test('a namespace that may not be listed whole is not known whole, whatever Resource Graph leaves out', async () => {
  const hidden = at(`/subscriptions/${A}/providers/Microsoft.Network/networkSecurityGroups`);
  const snapshot = await snapshotOf(worldOf(), (seen, response) => (hidden(seen) ? refuse(response, 403, 'AuthorizationFailed') : undefined));
  expect(snapshot.sources['Microsoft.Network']).toMatchObject({
    status: 'partial',
    opens: "the role 'Reader' on the subscription",
    unread: [{ scope: '', reason: 'denied' }],
  });
  expect(snapshot.sources['Microsoft.Compute']).toMatchObject({ status: 'ok' });
});

test('rights on nothing at all are no empty subscription', async () => {
  const isProbe = (seen: Seen): boolean => /^\/subscriptions\/[^/]+\/providers\//.test(seen.path);
  const fault: Fault = (seen, response) => (isProbe(seen) ? refuse(response, 403, 'AuthorizationFailed') : undefined);
  expect(await problemOf(fault, { subscriptions: [A] }, { resources: { [A]: [] } })).toMatch(/^azure\.denied/);
});

test('a provider that was never registered has nothing, and that is known', async () => {
  const isArc = (seen: Seen): boolean => seen.path.includes('microsoft.hybridcompute');
  const snapshot = await snapshotOf(worldOf(), (seen, response) => (isArc(seen) ? refuse(response, 409, 'MissingSubscriptionRegistration') : undefined));
  expect(snapshot.sources['Microsoft.HybridCompute']).toMatchObject({ status: 'ok', count: 0 });
});

test.each([
  ['ForbiddenByRbac', /Key Vault Reader/, 'denied'],
  ['ForbiddenByFirewall', /firewall/, 'firewall'],
])('a vault that is closed by %s says what would open it', async (inner, opens, reason) => {
  const fault: Fault = (seen, response) => (seen.host.startsWith('kv-a') ? refuse(response, 403, 'Forbidden', {}, inner) : undefined);
  const { sources } = await snapshotOf(worldOf(), fault);
  expect(sources['keyVaultCertificates']).toMatchObject({ status: 'denied', unread: [{ scope: VAULT.toLowerCase(), reason, code: inner }] });
  expect(sources['keyVaultCertificates']?.opens).toMatch(opens);
});

test('what one resource does not show is unknown for it, and nothing else', async () => {
  const fault: Fault = (seen, response) => (at(`${POLICY}/ruleCollectionGroups`)(seen) ? refuse(response, 403, 'AuthorizationFailed') : undefined);
  const { sources } = await snapshotOf(worldOf(), fault);
  expect(sources['firewallRuleCollectionGroups']).toMatchObject({ status: 'denied', unread: [{ scope: POLICY.toLowerCase(), reason: 'denied' }] });
  expect(sources['sessionHosts']).toMatchObject({ status: 'ok' });
});

test('what was deleted meanwhile is gone, and what fails otherwise is not', async () => {
  const path = at(`${HOST_POOL}/sessionHosts`);
  const gone = await snapshotOf(worldOf(), (seen, response) => (path(seen) ? refuse(response, 404, 'ResourceNotFound') : undefined));
  expect(gone.sources['sessionHosts']).toMatchObject({ status: 'ok', count: 0 });
  const broken = await snapshotOf(worldOf(), (seen, response) => (path(seen) ? refuse(response, 400, 'NoRegisteredProviderFound') : undefined));
  expect(broken.sources['sessionHosts']).toMatchObject({ status: 'error', unread: [{ reason: 'refused', code: 'NoRegisteredProviderFound' }] });
});

test('a list with something that has no id is not read', async () => {
  const path = at(`/subscriptions/${A}/providers/Microsoft.Security/pricings`);
  const { sources } = await snapshotOf(worldOf(), (seen, response) =>
    path(seen) ? (send(response, 200, { value: [{ name: 'VirtualMachines' }] }), 'done') : undefined,
  );
  expect(sources['defenderPlans']).toMatchObject({ status: 'error', unread: [{ reason: 'malformed' }] });
});

test('a link to another place is not followed, and takes no token there', async () => {
  const fault: Fault = (seen, response) => {
    if (!at(`${HOST_POOL}/sessionHosts`)(seen)) return undefined;
    send(response, 200, { value: [], nextLink: 'https://kv-x.vault.azure.net/collect' });
    return 'done';
  };
  const { sources, seen } = await snapshotOf(worldOf(), fault);
  expect(sources['sessionHosts']).toMatchObject({ status: 'error', unread: [{ reason: 'malformed' }] });
  expect(seen.some(({ host }) => host.startsWith('kv-x'))).toBe(false);
});

test('an answer that sends elsewhere is no answer, wherever it sends', async () => {
  const fault: Fault = (seen, response) => {
    if (!at(`${HOST_POOL}/sessionHosts`)(seen)) return undefined;
    response.writeHead(307, { location: 'https://management.azure.com/elsewhere' }).end();
    return 'done';
  };
  const { sources, seen } = await snapshotOf(worldOf(), fault);
  expect(sources['sessionHosts']).toMatchObject({ status: 'error' });
  expect(seen.some(({ path }) => path === '/elsewhere')).toBe(false);
});

test('lists of Azure Resource Manager are read page by page', async () => {
  const path = `${HOST_POOL}/sessionHosts`;
  const host = (name: string): JsonObject => ({ id: `${path}/${name}`, name, type: 'Microsoft.DesktopVirtualization/hostPools/sessionHosts', properties: {} });
  const snapshot = await snapshotOf(worldOf(), (seen, response) => {
    if (!at(path)(seen)) return undefined;
    const isSecond = seen.query.includes('page=2');
    send(
      response,
      200,
      isSecond ? { value: [host('two')] } : { value: [host('one')], nextLink: `https://management.azure.com${path}?api-version=2024-04-03&page=2` },
    );
    return 'done';
  });
  expect(snapshot.sources['sessionHosts']).toMatchObject({ status: 'ok', count: 2 });
});

test('effective rules are asked of interfaces of running machines, waited for, and missing where the right is missing', async () => {
  const path = `${NIC}/effectiveNetworkSecurityGroups`;
  const done = await snapshotOf(worldOf(), (seen, response) => {
    if (at(path)(seen))
      return (response.writeHead(202, { location: 'https://management.azure.com/operations/1?api-version=2024-05-01', 'retry-after': '0' }).end(), 'done');
    if (seen.path === '/operations/1') return (send(response, 200, { value: [{ effectiveSecurityRules: [] }] }), 'done');
    return undefined;
  });
  expect(done.resources.find((one) => String(one['id']).startsWith(path))).toMatchObject({ properties: { value: [{ effectiveSecurityRules: [] }] } });
  const denied = await snapshotOf(worldOf(), (seen, response) => (at(path)(seen) ? refuse(response, 403, 'AuthorizationFailed') : undefined));
  expect(denied.sources['effectiveSecurityGroups']).toMatchObject({
    status: 'denied',
    opens: expect.stringContaining('effectiveNetworkSecurityGroups/action') as string,
  });
});

test('a management group stands for the subscriptions below it, and one that fails leaves the others', async () => {
  const world = { ...worldOf(), resources: { [A]: estateOf(A), [B]: [] }, groups: { 'mg-rds': [A, B] } };
  const { results, found } = await collectFrom(world, { managementGroups: ['mg-rds', 'mg-none'] }, (seen, response) =>
    at(`/subscriptions/${B}`)(seen) ? refuse(response, 403, 'AuthorizationFailed') : undefined,
  );
  expect(found).toEqual([`azure:${A}`, `azure:${B}`]);
  const by = new Map(results.map((result) => [result.target, result]));
  expect(by.get('azure:mg-none')?.problem).toMatchObject({ code: 'azure.absent' });
  expect(by.get(`azure:${B}`)?.problem).toMatchObject({ code: 'azure.denied' });
  expect(by.get(`azure:${A}`)?.snapshot?.subscription.managementGroups).toEqual(['mg-rds']);
});

test('a management group of which Resource Graph leaves subscriptions out is not taken for whole', async () => {
  const fault: Fault = (seen, response) => {
    if (isGraph(seen)) response.setHeader('x-ms-tenant-subscription-limit-hit', 'true');
    return undefined;
  };
  const { results } = await collectFrom(worldOf(), { managementGroups: ['mg-rds'] }, fault);
  expect(results).toMatchObject([{ target: 'azure:mg-rds', problem: { code: 'azure.too-large' } }]);
});

test('a cloud of a government is asked at its own places only', async () => {
  const { seen, cloud } = await snapshotOf(worldOf(), undefined, { cloud: 'usgov' });
  expect(cloud).toBe('usgov');
  expect(new Set(seen.map(({ host }) => host.replace(/^kv-.\./, '')))).toEqual(
    new Set(['login.microsoftonline.us', 'management.usgovcloudapi.net', 'vault.usgovcloudapi.net']),
  );
});
