import type { JsonObject } from '../model/json.ts';
import { SSH_OPTION_PATTERN, SSH_OPTIONS } from '../model/ssh-options.ts';

const name: JsonObject = {
  type: 'string',
  minLength: 1,
  maxLength: 255,
  pattern: '^[^\\s\\u0000-\\u001f\\u007f/\\\\]+$',
  description: 'a host name without blanks or slashes',
};
const names: JsonObject = { type: 'array', items: name };
const settings: JsonObject = { type: ['object', 'null'], description: 'declared settings, as the settings catalogue names them' };
const port: JsonObject = { type: 'integer', minimum: 1, maximum: 65535 };
/** What a host may be for. */
export const ROLES = ['session-host', 'gateway', 'broker', 'web', 'licensing', 'virtualization-host', 'workstation'] as const;

const roles: JsonObject = { type: 'array', items: { enum: ROLES } };
const text: JsonObject = { type: 'string', minLength: 1 };

const connect = (over: readonly string[]): JsonObject => ({
  type: 'object',
  required: ['over'],
  additionalProperties: false,
  properties: {
    over: { enum: over },
    user: text,
    port,
    keyFile: { ...text, description: 'a private key for ssh: a path, relative to this file or below ~/; else the keys of the SSH configuration and the agent' },
    wire: { type: 'boolean', description: 'look at its RDP listener on the wire as well, without credentials' },
    console: { ...text, description: 'how one gets in when the network does not (a console, Bastion): `apply` then takes steps that cut its connection' },
    ssl: { type: 'boolean', description: 'winrm over TLS' },
    authentication: {
      enum: ['kerberos', 'negotiate', 'basic'],
      description: 'for winrm; else Kerberos, and where there is none what both sides agree on. basic needs ssl',
    },
    configurationName: {
      type: 'string',
      pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}$',
      description: 'for winrm: an endpoint that lets the account run the collector and nothing else',
    },
    options: {
      type: 'array',
      items: {
        type: 'string',
        pattern: SSH_OPTION_PATTERN,
        description: `an option of the OpenSSH client for ssh, \`Name=value\`, of ${Object.keys(SSH_OPTIONS).join(', ')}; all others stand in the user's SSH configuration`,
      },
      description: 'for ssh',
    },
  },
});
const hostConnect = connect(['snapshot', 'ssh', 'winrm', 'local']);

const object = (required: readonly string[], properties: JsonObject): JsonObject => ({ type: 'object', required, additionalProperties: false, properties });

/** The published schema of `estate.yaml`; `docs/estate.schema.json` is written from it. */
export const ESTATE_SCHEMA: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'rdposture estate',
  type: 'object',
  required: ['version', 'name'],
  additionalProperties: false,
  properties: {
    version: { const: 1 },
    name: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$', description: 'a short name without blanks' },
    intent: {
      type: 'object',
      properties: {
        gatewayFqdn: name,
        adminNetworks: { type: 'array', items: { type: 'string', pattern: '^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$', description: 'an address or a CIDR range' } },
      },
    },
    snapshots: object([], { folder: text, maxAge: { type: 'string', pattern: '^[0-9]{1,4}d$', description: 'an age such as 30d' } }),
    groups: { type: 'object', additionalProperties: object(['hosts'], { hosts: names, roles, connect: hostConnect, settings }) },
    hosts: {
      type: 'array',
      items: object(['name'], {
        name,
        address: text,
        rdpPort: port,
        roles,
        rdWeb: {
          enum: ['internal', 'pre-authenticated', 'direct'],
          description:
            'how RD Web Access of this host is reached: from inside alone, behind something that asks for more than a password first, or from outside as it is',
        },
        azureId: { type: 'string', pattern: '^/subscriptions/.+', description: 'an ARM id' },
        connect: hostConnect,
        settings,
      }),
    },
    deployments: { type: 'array', items: object(['broker'], { broker: name, connect: hostConnect, settings }) },
    gateways: { type: 'array', items: object(['name'], { name, address: text, port, connect: connect(['snapshot', 'wire']), hosts: names, settings }) },
    azure: object([], {
      cloud: {
        anyOf: [
          { enum: ['public', 'usgov', 'china'] },
          object(['resourceManager', 'authority'], { resourceManager: text, authority: text, keyVaultSuffix: text, audience: text }),
        ],
      },
      managementGroups: {
        type: 'array',
        items: { type: 'string', pattern: '^[A-Za-z0-9_().-]{1,90}$', description: 'the id of a management group, which is not its display name' },
      },
      subscriptions: {
        type: 'array',
        items: { type: 'string', pattern: '^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$', description: 'the id of a subscription' },
      },
    }),
    templates: { type: 'array', items: object(['file'], { file: text, parameters: text }) },
    pulumi: { type: 'array', items: text },
    packs: { type: 'array', items: text },
    params: { type: 'object', additionalProperties: { type: 'object' }, description: 'policy parameters by policy id' },
  },
};
