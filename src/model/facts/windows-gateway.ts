import { defineKind, HOST_MEMBER } from './define.ts';

const NAMES = { type: 'array', items: { type: 'string' } } as const;

/** The RD Gateway service as a whole. Made where the role is, or where nobody could say that it is not. */
export type GatewayServer = {
  readonly host: string;
  readonly running: boolean | null;
  readonly central: boolean | null;
  readonly connectionPolicies: number | null;
  readonly resourcePolicies: number | null;
  readonly channelBinding: boolean | null;
  readonly sslBridging: string | null;
  readonly connectionLimit: number | 'unlimited' | null;
  readonly rpcOverHttp: boolean | null;
  readonly http: boolean | null;
  readonly udp: boolean | null;
  readonly silentEvents: readonly string[] | null;
  readonly crashes: number | null;
  readonly domainController: boolean | null;
};

export const GATEWAY_SERVER = defineKind('windows.gatewayServer', 'RD Gateway service', {
  host: HOST_MEMBER,
  running: { type: 'boolean', description: 'The service TSGateway runs.' },
  central: { type: 'boolean', description: 'Central policy servers decide who may connect; the policies of this host do not count then.' },
  connectionPolicies: { type: 'integer', description: 'Connection policies that are on and allow some way to authenticate.' },
  resourcePolicies: { type: 'integer', description: 'Resource policies that are on.' },
  channelBinding: { type: 'boolean', description: 'EnforceChannelBinding.' },
  sslBridging: { enum: ['none', 'https-to-http', 'https-to-https'], description: 'Who ends the TLS connection of clients.' },
  connectionLimit: { anyOf: [{ type: 'integer' }, { const: 'unlimited' }], description: 'Connections at a time; 0 lets nobody in.' },
  rpcOverHttp: { type: 'boolean', description: 'The transport RPC over HTTP is on.' },
  http: { type: 'boolean', description: 'The transport HTTP is on.' },
  udp: { type: 'boolean', description: 'The transport UDP is on.' },
  silentEvents: { ...NAMES, description: 'Events that the service does not write.' },
  crashes: { type: 'integer', description: 'Events 700 and 103 of the gateway in the days that were looked at.' },
  domainController: { type: 'boolean', description: 'The host is a domain controller.' },
});

/** Who may connect: one for each connection policy that is on, while no central server decides. */
export type GatewayConnectionAccess = {
  readonly host: string;
  readonly connectionPolicy: string;
  readonly groups: readonly string[] | null;
  readonly broad: readonly ({ readonly name: string; readonly who: string } | null)[] | null;
  readonly methods: readonly string[] | null;
  readonly plugin: string | null;
  readonly passwordAlone: boolean | null;
  readonly redirected: readonly string[] | null;
};

export const GATEWAY_CONNECTION_ACCESS = defineKind('windows.gatewayConnectionAccess', 'Access that a connection policy of the RD Gateway gives', {
  host: HOST_MEMBER,
  connectionPolicy: { type: 'string', description: 'Name of the policy.' },
  groups: { ...NAMES, description: 'Groups that it lets in, as written.' },
  broad: {
    type: 'array',
    description: 'Groups among them that hold everybody; an element that cannot be told is null and unknown.',
    items: { type: 'object', required: ['name', 'who'], additionalProperties: false, properties: { name: { type: 'string' }, who: { type: 'string' } } },
  },
  methods: { type: 'array', items: { enum: ['password', 'smart-card', 'cookie'] }, description: 'Ways to authenticate that it allows.' },
  plugin: { type: 'string', description: "Name of the service's authentication plug-in; empty for Windows' own." },
  passwordAlone: { type: 'boolean', description: 'A password is enough: it is allowed, and no other plug-in is asked.' },
  redirected: {
    type: 'array',
    items: { enum: ['drives', 'clipboard', 'printers', 'ports', 'plug-and-play'] },
    description: 'Devices that clients may redirect through the gateway.',
  },
});

/** What may be reached: one for each resource policy that is on. */
export type GatewayResourceAccess = {
  readonly host: string;
  readonly resourcePolicy: string;
  readonly resources: string | null;
  readonly reach: string | null;
  readonly ports: readonly number[] | 'any' | null;
};

export const GATEWAY_RESOURCE_ACCESS = defineKind('windows.gatewayResourceAccess', 'Resources that a resource policy of the RD Gateway opens', {
  host: HOST_MEMBER,
  resourcePolicy: { type: 'string', description: 'Name of the policy.' },
  resources: { type: 'string', description: 'The group of resources, as written.' },
  reach: {
    enum: ['everything', 'domain-computers', 'domain-controllers', 'group'],
    description: 'everything: any resource, or a group of the gateway that holds *. group: a group that is none of the others.',
  },
  ports: { anyOf: [{ type: 'array', items: { type: 'integer' } }, { const: 'any' }], description: 'Ports that it lets through.' },
});

/** How a deployment sends its users through a gateway. */
export type DeploymentGateway = {
  readonly host: string;
  readonly intended: string;
  readonly mode: string | null;
  readonly externalFqdn: string | null;
  readonly agrees: boolean | null;
  readonly bypassLocal: boolean | null;
};

export const DEPLOYMENT_GATEWAY = defineKind('rds.deploymentGateway', 'Gateway that a deployment names to its clients', {
  host: HOST_MEMBER,
  intended: { type: 'string', description: 'Name of the gateway in the intent of the estate; empty when it has none.' },
  mode: { enum: ['none', 'custom', 'automatic'], description: 'GatewayMode: none is DoNotUse.' },
  externalFqdn: { type: 'string', description: 'GatewayExternalFqdn; empty unless the mode is custom.' },
  agrees: { type: 'boolean', description: 'It is the name that the estate intends; true when it intends none.' },
  bypassLocal: { type: 'boolean', description: 'Clients of the local network do not pass the gateway; false unless the mode is custom.' },
});

export const GATEWAY_KINDS = [GATEWAY_SERVER, GATEWAY_CONNECTION_ACCESS, GATEWAY_RESOURCE_ACCESS, DEPLOYMENT_GATEWAY];
