import { describe, expect, it } from 'vitest';
import type { EstateHost } from '../../../src/model/estate.ts';
import { AZURE_JOINS } from '../../../src/normalise/azure/joins.ts';
import { CONTEXT, facts, factsOf, GROUP, machine, nic, nsg, pip, pipId, rule, subnetId, vnet } from './build.ts';

const host = (over: Partial<EstateHost>): EstateHost => ({
  name: 'rdsh01',
  address: 'rdsh01',
  rdpPort: null,
  roles: [],
  azureId: `/${GROUP.toUpperCase()}/Microsoft.Compute/virtualMachines/VM-A`,
  groups: [],
  over: 'snapshot',
  pointer: '/hosts/0',
  own: null,
  declared: [],
  ...over,
});

const paths = (ports: string, tags: Record<string, string> = {}) =>
  factsOf(
    facts([
      vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24', nsg: 'g' } }),
      nsg('g', [rule('r', 100, { destinationPortRange: ports })]),
      pip('p', 'Standard'),
      nic('n', {
        privateIPAddress: '10.1.2.4',
        subnet: subnetId('net', 'hosts'),
        publicIPAddress: pipId('p'),
      }),
      machine('vm-a', 'n', { tags }),
    ]),
    'azure.ingressPath',
  );
const join = (hosts: readonly EstateHost[], ports: string) =>
  AZURE_JOINS.flatMap((one) => one.join(paths(ports), { hosts, deployments: [], gateways: [] }, CONTEXT));

describe('hosts of the estate that are Azure machines', () => {
  it.each([
    [33899, '33899', true],
    [33899, '33000-34000', true],
    [33899, '*', true],
    [33899, '443', false],
  ])('port %i behind %s', (rdpPort, ports, internet) =>
    expect(join([host({ rdpPort })], ports)).toMatchObject([{ kind: 'azure.exposedListener', data: { host: 'rdsh01', port: rdpPort, internet } }]),
  );

  it('says nothing of a host without an id, a port or a way to it', () => {
    expect(
      join([host({ rdpPort: 33899, azureId: null }), host({}), host({ rdpPort: 1, azureId: `/${GROUP}/Microsoft.Compute/virtualMachines/other` })], '*'),
    ).toEqual([]);
  });

  it('says nothing of a host that is reached through a private link alone', () => {
    const linked = paths('*').map((path) => ({ ...path, data: { ...path.data, via: 'private-link' } }));
    expect(
      AZURE_JOINS.flatMap((one) => one.join(linked, { hosts: [host({ rdpPort: 33899, roles: ['gateway'] })], deployments: [], gateways: [] }, CONTEXT)),
    ).toEqual([]);
  });

  it('judges gateways of the estate, and by tag', () => {
    expect(join([host({ roles: ['gateway'] })], '443')).toMatchObject([{ kind: 'azure.gatewayExposure', data: { knownBy: 'estate', beyond: false } }]);
    expect(join([host({ roles: ['gateway'] })], '443-3389')).toMatchObject([{ data: { beyond: true, ports: ['tcp 444-3389'] } }]);
    const tagged = facts([
      nsg('g', [rule('r', 100, { destinationPortRange: '3389' })]),
      pip('p', 'Standard'),
      nic(
        'n',
        {
          privateIPAddress: '10.1.2.4',
          subnet: subnetId('net', 'hosts'),
          publicIPAddress: pipId('p'),
        },
        'g',
      ),
      vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24' } }),
      machine('gw', 'n', { tags: { role: 'rd-gateway' } }),
    ]);
    expect(factsOf(tagged, 'azure.gatewayExposure')).toMatchObject([{ data: { host: 'gw', knownBy: 'tag', beyond: true, ports: ['tcp 3389'] } }]);
  });

  it('takes a partial id of a template for the machine of that name', () => {
    const found = paths('33899').map((path) => ({
      ...path,
      data: { ...path.data, machineId: 'microsoft.compute/virtualmachines/vm-a' },
    }));
    expect(AZURE_JOINS.flatMap((one) => one.join(found, { hosts: [host({ rdpPort: 33899 })], deployments: [], gateways: [] }, CONTEXT))).toHaveLength(1);
  });
});
