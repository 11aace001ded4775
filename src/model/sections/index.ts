import type { SectionSpec } from '../snapshot.ts';
import { CERTIFICATE_SECTIONS } from './certificates.ts';
import { DEPLOYMENT_SECTIONS } from './deployment.ts';
import { DEVICE_SECTIONS } from './devices.ts';
import { ENDPOINT_SECTIONS } from './endpoint.ts';
import { PRINTING_SECTIONS } from './printing.ts';
import { FIREWALL_SECTIONS } from './firewall.ts';
import { NETWORK_SECTIONS } from './network.ts';
import { RSOP_SECTIONS } from './rsop.ts';
import { SERVICES_SECTIONS } from './services.ts';
import { SYSTEM_SECTIONS } from './system.ts';
import { TERMINAL_SERVICES_SECTIONS } from './terminal-services.ts';

/** Every section that a snapshot may have. One line a module. */
export const SECTIONS: readonly SectionSpec[] = [
  ...CERTIFICATE_SECTIONS,
  ...DEPLOYMENT_SECTIONS,
  ...DEVICE_SECTIONS,
  ...ENDPOINT_SECTIONS,
  ...PRINTING_SECTIONS,
  ...FIREWALL_SECTIONS,
  ...NETWORK_SECTIONS,
  ...RSOP_SECTIONS,
  ...SERVICES_SECTIONS,
  ...SYSTEM_SECTIONS,
  ...TERMINAL_SERVICES_SECTIONS,
];
