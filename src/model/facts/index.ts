import { AZURE_KINDS } from './azure-kinds.ts';
import { DECLARED_SETTING, SECTION } from './estate.ts';
import { ENDPOINT_KINDS } from './endpoint.ts';
import type { FactKind } from './kind.ts';
import { RDP_REACHABILITY } from './rdp-reachability.ts';
import { RDS_CERTIFICATE_KINDS } from './rds-deployment-certificate.ts';
import { WINDOWS_CERTIFICATE_BINDING } from './windows-certificate-binding.ts';
import { WINDOWS_CERTIFICATE_JOIN_KINDS } from './windows-certificate-joins.ts';
import { COLLECTION_ACCESS } from './rds-collection-access.ts';
import { COLLECTION_AVAILABILITY } from './rds-collection-availability.ts';
import { COLLECTION_DEVICES, COLLECTION_REDIRECTION } from './rds-collection-devices.ts';
import { COLLECTION_LISTENER } from './rds-collection-listener.ts';
import { ODD_HOST } from './rds-odd-host.ts';
import { LIMIT_KINDS } from './rds-limits.ts';
import { RDP_PROPERTIES } from './rds-rdp-properties.ts';
import { SESSION_DIRECTORY_CONFLICT } from './rds-session-directory.ts';
import { TEMPORARY_FOLDERS } from './rds-temporary-folders.ts';
import { DRIVER_INTEGRITY } from './windows-driver-integrity.ts';
import { PRINT_SPOOLER } from './windows-print-spooler.ts';
import { PRINTER_DRIVER } from './windows-printer-driver.ts';
import { RDS_DEVICE } from './windows-rds-device.ts';
import { SESSION_HOST_STATE } from './windows-session-host-state.ts';
import { PUBLISHER_TRUST, SESSION_KINDS } from './windows-sessions.ts';
import { GATEWAY_KINDS } from './windows-gateway.ts';
import { NAME_KINDS } from './windows-names.ts';
import { WEB_KINDS } from './windows-web.ts';
import { UPDATE_KINDS } from './windows-updates.ts';
import { LISTENER_PERMISSIONS } from './windows-listener-permissions.ts';
import { LOCAL_GROUP } from './windows-local-group.ts';
import { LOGON_RIGHTS } from './windows-logon-rights.ts';
import { CONNECTION_KINDS } from './windows-connections.ts';
import { MACHINE_ID } from './windows-machine-id.ts';
import { LICENSING_KINDS } from './windows-licensing.ts';
import { FAILED_LOGONS } from './windows-failed-logons.ts';
import { FIREWALL_KINDS } from './windows-firewall.ts';
import { RDP_SOURCE_KINDS } from './windows-rdp-sources.ts';

/** Every derived fact kind; kinds of settings files are added from the catalogue. One line a module. */
export const FACT_KINDS: readonly FactKind[] = [
  ...AZURE_KINDS,
  DECLARED_SETTING,
  SECTION,
  ...ENDPOINT_KINDS,
  WINDOWS_CERTIFICATE_BINDING,
  ...WINDOWS_CERTIFICATE_JOIN_KINDS,
  ...RDS_CERTIFICATE_KINDS,
  COLLECTION_ACCESS,
  COLLECTION_AVAILABILITY,
  COLLECTION_DEVICES,
  COLLECTION_REDIRECTION,
  COLLECTION_LISTENER,
  ODD_HOST,
  RDP_PROPERTIES,
  ...LIMIT_KINDS,
  SESSION_DIRECTORY_CONFLICT,
  TEMPORARY_FOLDERS,
  DRIVER_INTEGRITY,
  PRINT_SPOOLER,
  PRINTER_DRIVER,
  RDS_DEVICE,
  SESSION_HOST_STATE,
  ...SESSION_KINDS,
  PUBLISHER_TRUST,
  RDP_REACHABILITY,
  ...GATEWAY_KINDS,
  ...NAME_KINDS,
  ...WEB_KINDS,
  ...UPDATE_KINDS,
  LISTENER_PERMISSIONS,
  LOCAL_GROUP,
  LOGON_RIGHTS,
  ...CONNECTION_KINDS,
  MACHINE_ID,
  ...LICENSING_KINDS,
  FAILED_LOGONS,
  ...FIREWALL_KINDS,
  ...RDP_SOURCE_KINDS,
];
