import { defineKind, HOST_MEMBER } from './define.ts';

/** How the device installation restrictions decide about one device that Remote Desktop itself needs. */
export type RdsDevice = {
  readonly host: string;
  readonly device: string;
  readonly classGuid: string;
  readonly essential: boolean;
  readonly outcome: 'allowed' | 'blocked' | null;
  readonly decidedBy: DeviceRule | null;
  readonly rule: string | null;
  readonly layered: boolean | null;
  readonly retroactive: boolean | null;
  readonly problems: readonly { readonly instanceId: string; readonly code: number }[] | null;
};

/** The restriction that decides. */
export type DeviceRule =
  | 'denyInstanceIds'
  | 'denyDeviceIds'
  | 'denyClasses'
  | 'denyRemovable'
  | 'denyUnspecified'
  | 'allowInstanceIds'
  | 'allowDeviceIds'
  | 'allowClasses'
  | 'nothing';

export const RDS_DEVICE = defineKind('windows.rdsDevice', 'Device that Remote Desktop needs, under the installation restrictions', {
  host: HOST_MEMBER,
  device: { type: 'string', description: 'What the device is, for people.' },
  classGuid: { type: 'string', description: 'Device setup class, in braces, lower case.' },
  essential: { type: 'boolean', description: 'True when no session works without it.' },
  outcome: { enum: ['allowed', 'blocked'], description: 'Whether Windows installs it.' },
  decidedBy: {
    enum: [
      'denyInstanceIds',
      'denyDeviceIds',
      'denyClasses',
      'denyRemovable',
      'denyUnspecified',
      'allowInstanceIds',
      'allowDeviceIds',
      'allowClasses',
      'nothing',
    ],
    description: 'The setting of windows.deviceInstall that decides.',
  },
  rule: {
    type: 'string',
    description: 'The entry of that list that matches; empty when it is a switch.',
  },
  layered: {
    type: 'boolean',
    description: 'The layered order of evaluation is on and the build knows it.',
  },
  retroactive: {
    type: 'boolean',
    description: 'A denial that also hits installed devices matches and is not overridden.',
  },
  problems: {
    type: 'array',
    description: 'Devices of the class that Windows reports as disabled (22) or without a driver (28).',
    items: {
      type: 'object',
      required: ['instanceId', 'code'],
      additionalProperties: false,
      properties: { instanceId: { type: 'string' }, code: { type: 'integer' } },
    },
  },
});
