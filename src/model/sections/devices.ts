import type { SectionSpec } from '../snapshot.ts';
import { ADMINISTRATORS, WMI_NAMESPACE } from './rights.ts';

/** `Win32_PnPEntity`, the devices that are present or that Windows remembers. */
const PNP_DEVICES_SECTION: SectionSpec = {
  name: 'pnpDevices',
  of: 'windows-host',
  title: 'Plug and Play devices',
  shape: 'rows',
  source: 'https://learn.microsoft.com/windows/win32/cimwin32prov/win32-pnpentity',
  right: WMI_NAMESPACE,
  columns: {
    InstanceId: { type: 'string', description: 'Device instance id, `SWD\\REMOTEDISPLAYENUM\\…`.' },
    ClassGuid: { type: ['string', 'null'], description: 'Device setup class, in braces.' },
    Class: { type: ['string', 'null'] },
    FriendlyName: { type: ['string', 'null'] },
    Present: { type: ['boolean', 'null'] },
    Status: { type: ['string', 'null'], description: 'OK, Error, Degraded, Unknown.' },
    ConfigManagerErrorCode: {
      type: ['integer', 'null'],
      description: 'CM_PROB_*: 0 works, 22 disabled, 28 no driver installed.',
    },
    HardwareID: { type: ['array', 'null'], items: { type: ['string', 'null'] } },
    DriverVersion: { type: ['string', 'null'] },
  },
};

/** `Win32_DeviceGuard` of `root\Microsoft\Windows\DeviceGuard`. */
const DEVICE_GUARD_SECTION: SectionSpec = {
  name: 'deviceGuard',
  of: 'windows-host',
  title: 'Virtualisation-based security',
  shape: 'object',
  source: 'https://learn.microsoft.com/windows/security/hardware-security/enable-virtualization-based-protection-of-code-integrity',
  right: ADMINISTRATORS,
  columns: {
    SecurityServicesConfigured: { type: ['array', 'null'], items: { type: 'integer' } },
    SecurityServicesRunning: {
      type: ['array', 'null'],
      items: { type: 'integer' },
      description: '1 Credential Guard, 2 memory integrity (HVCI), 3 System Guard.',
    },
    VirtualizationBasedSecurityStatus: {
      type: ['integer', 'null'],
      description: '0 off, 1 configured, 2 running.',
    },
    CodeIntegrityPolicyEnforcementStatus: {
      type: ['integer', 'null'],
      description: '0 off, 1 audit, 2 enforced.',
    },
  },
};

export const DEVICE_SECTIONS: readonly SectionSpec[] = [PNP_DEVICES_SECTION, DEVICE_GUARD_SECTION];
