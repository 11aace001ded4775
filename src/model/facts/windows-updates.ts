import { defineKind, HOST_MEMBER } from './define.ts';

/** How the build of a host compares with what is known about builds. */
export type UpdateLevel = {
  readonly host: string;
  readonly build: string | null;
  readonly installation: 'server' | 'client' | null;
  readonly system: string | null;
  readonly supported: boolean | null;
  readonly supportEnds: string | null;
  readonly hotpatched: boolean | null;
  readonly missing: readonly { readonly cve: string; readonly component: string; readonly severity: number; readonly fixedIn: string }[] | null;
  readonly worst: number | null;
  readonly dataFrom: string;
};

export const UPDATE_LEVEL = defineKind('windows.updateLevel', 'Update level of a host', {
  host: HOST_MEMBER,
  build: { type: 'string', description: 'Build and update revision, 20348.2849.' },
  installation: { enum: ['server', 'client'], description: 'Servers and clients of one build number are updated apart.' },
  system: { type: 'string', description: 'Name of the release; empty for one that the data does not name.' },
  supported: { type: 'boolean', description: 'Security updates still appear on the day of the scan; unknown for a release that the data does not name.' },
  supportEnds: { type: 'string', description: 'Last day with security updates, YYYY-MM-DD; empty for a release that the data does not name.' },
  hotpatched: { type: 'boolean', description: 'The host is enrolled in hotpatches (a client: its policy allows them), which count in revisions of their own.' },
  missing: {
    type: 'array',
    description: 'Known vulnerabilities of Remote Desktop that the build has, the worst first; only of components whose role is installed.',
    items: {
      type: 'object',
      required: ['cve', 'component', 'severity', 'fixedIn'],
      additionalProperties: false,
      properties: {
        cve: { type: 'string' },
        component: { type: 'string' },
        severity: { type: 'number' },
        fixedIn: { type: 'string', description: 'First build that is mended.' },
      },
    },
  },
  worst: { type: 'number', description: 'Highest severity in `missing`; 0 for none.' },
  dataFrom: { type: 'string', description: 'Day up to which the data that the build was compared with is complete, YYYY-MM-DD.' },
});

/** One known regression that concerns the host's release and roles. */
export type UpdateRegression = {
  readonly host: string;
  readonly regression: string;
  readonly symptom: string;
  readonly confidence: 'established' | 'reported';
  readonly update: string;
  readonly fix: string;
  readonly source: string;
  readonly build: string | null;
  readonly affected: boolean | null;
};

export const UPDATE_REGRESSION = defineKind('windows.updateRegression', 'Known regression of an update', {
  host: HOST_MEMBER,
  regression: { type: 'string' },
  symptom: { type: 'string' },
  confidence: { enum: ['established', 'reported'], description: 'reported: single reports that no vendor page confirms.' },
  update: { type: 'string', description: 'The update that brought it.' },
  fix: { type: 'string', description: 'The update that mends it; empty when none is known.' },
  source: { type: 'string' },
  build: { type: 'string', description: 'Build and update revision of the host.' },
  affected: { type: 'boolean', description: 'The build is one of those that have it.' },
});

/** Whether updates arrive, and whether they are in force. */
export type UpdateState = {
  readonly host: string;
  readonly service: string | null;
  readonly unattended: boolean | null;
  readonly access: string | null;
  readonly pausedUntil: string | null;
  readonly paused: boolean | null;
  readonly daysBehind: number | null;
  readonly restartPending: boolean | null;
  readonly fileRenames: number | null;
};

export const UPDATE_STATE = defineKind('windows.updateState', 'How a host takes updates', {
  host: HOST_MEMBER,
  service: { enum: ['automatic', 'manual', 'disabled'], description: 'Start type of the service wuauserv.' },
  unattended: { type: 'boolean', description: 'Updates come by themselves: automatic updates are on, or a server of the organisation hands them out.' },
  access: { enum: ['allowed', 'removed'], description: 'Access to Windows Update.' },
  pausedUntil: { type: 'string', description: 'Day until which updates were paused; empty when they never were.' },
  paused: { type: 'boolean', description: 'That day had not come when the host was looked at.' },
  daysBehind: {
    type: 'integer',
    description:
      'Days since the first known security update that the host lacks for certain; 0 when it lacks none, unknown when its revisions cannot be compared.',
  },
  restartPending: { type: 'boolean', description: 'Component servicing or Windows Update waits for a restart.' },
  fileRenames: { type: 'integer', description: 'Renames that wait for a restart; many programs leave some.' },
});

/** Roles that the estate says the host has, held against what is installed. */
export type ExpectedRoles = {
  readonly host: string;
  readonly expected: readonly string[];
  readonly missing: readonly string[] | null;
};

export const EXPECTED_ROLES = defineKind('windows.expectedRoles', 'Roles that a host should have', {
  host: HOST_MEMBER,
  expected: { type: 'array', items: { type: 'string' }, description: 'Features of the roles that the estate gives the host.' },
  missing: { type: 'array', items: { type: 'string' }, description: 'Those that are not installed.' },
});

/** Whether the Remote Desktop service is Microsoft's own. */
export type TermService = {
  readonly host: string;
  readonly library: string | null;
  readonly genuinePath: boolean | null;
  readonly signature: string | null;
  readonly wrapper: boolean | null;
};

export const TERM_SERVICE = defineKind('windows.termService', 'Library of the Remote Desktop service', {
  host: HOST_MEMBER,
  library: { type: 'string', description: 'ServiceDll of TermService, as written.' },
  genuinePath: { type: 'boolean', description: 'It is termsrv.dll of the system folder.' },
  signature: {
    enum: ['valid', 'error', 'not-signed', 'hash-mismatch', 'not-trusted', 'not-supported', 'incompatible'],
    description: 'Signature of termsrv.dll in the system folder.',
  },
  wrapper: { type: 'boolean', description: 'The folder of RDP Wrapper is there.' },
});

export const UPDATE_KINDS = [UPDATE_LEVEL, UPDATE_REGRESSION, UPDATE_STATE, EXPECTED_ROLES, TERM_SERVICE];
