import type { SectionSpec } from '../snapshot.ts';
import { LICENSING_SECTIONS } from './licensing.ts';
import { CONNECTION_SECTIONS } from './connections.ts';
import { AUDITING_SECTIONS } from './auditing.ts';
import { ACCOUNT_SECTIONS } from './accounts.ts';
import { CERTIFICATE_SECTIONS } from './certificates.ts';
import { DEPLOYMENT_SECTIONS } from './deployment.ts';
import { DEVICE_SECTIONS } from './devices.ts';
import { ENDPOINT_SECTIONS } from './endpoint.ts';
import { GATEWAY_SECTIONS } from './gateway.ts';
import { PRINTING_SECTIONS } from './printing.ts';
import { EVENT_SECTIONS } from './events.ts';
import { FIREWALL_SECTIONS } from './firewall.ts';
import { NETWORK_SECTIONS } from './network.ts';
import { RSOP_SECTIONS } from './rsop.ts';
import { SERVICES_SECTIONS } from './services.ts';
import { SESSION_SECTIONS } from './sessions.ts';
import { SYSTEM_SECTIONS } from './system.ts';
import { NAME_SECTIONS } from './names.ts';
import { UPDATE_SECTIONS } from './updates.ts';
import { WEB_SECTIONS } from './web.ts';
import { TERMINAL_SERVICES_SECTIONS } from './terminal-services.ts';

/** Every section that a snapshot may have. One line a module. */
export const SECTIONS: readonly SectionSpec[] = [
  ...CERTIFICATE_SECTIONS,
  ...DEPLOYMENT_SECTIONS,
  ...DEVICE_SECTIONS,
  ...ENDPOINT_SECTIONS,
  ...GATEWAY_SECTIONS,
  ...PRINTING_SECTIONS,
  ...EVENT_SECTIONS,
  ...FIREWALL_SECTIONS,
  ...NETWORK_SECTIONS,
  ...RSOP_SECTIONS,
  ...SERVICES_SECTIONS,
  ...ACCOUNT_SECTIONS,
  ...AUDITING_SECTIONS,
  ...CONNECTION_SECTIONS,
  ...LICENSING_SECTIONS,
  ...SESSION_SECTIONS,
  ...SYSTEM_SECTIONS,
  ...NAME_SECTIONS,
  ...UPDATE_SECTIONS,
  ...WEB_SECTIONS,
  ...TERMINAL_SERVICES_SECTIONS,
];
