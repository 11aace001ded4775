/** A device that Remote Desktop sessions are made of. */
export interface NeededDevice {
  readonly name: string;
  /** Device setup class, lower case. https://learn.microsoft.com/windows-hardware/drivers/install/system-defined-device-setup-classes-available-to-vendors */
  readonly classGuid: string;
  /** Beginnings of its hardware, compatible and instance ids, lower case. */
  readonly idPrefixes: readonly string[];
  /** No session works without it. */
  readonly essential: boolean;
}

/** Display and input make the session itself; the others are redirected devices. None of them is a removable device. */
export const NEEDED_DEVICES: readonly NeededDevice[] = [
  {
    name: 'Remote display adapter',
    classGuid: '{4d36e968-e325-11ce-bfc1-08002be10318}',
    idPrefixes: ['rdpidd', 'swd\\remotedisplayenum'],
    essential: true,
  },
  {
    name: 'Remote monitor',
    classGuid: '{4d36e96e-e325-11ce-bfc1-08002be10318}',
    idPrefixes: [],
    essential: true,
  },
  {
    name: 'Remote keyboard',
    classGuid: '{4d36e96b-e325-11ce-bfc1-08002be10318}',
    idPrefixes: ['terminput_bus'],
    essential: true,
  },
  {
    name: 'Remote mouse',
    classGuid: '{4d36e96f-e325-11ce-bfc1-08002be10318}',
    idPrefixes: ['terminput_bus'],
    essential: true,
  },
  {
    name: 'Software device',
    classGuid: '{62f9c741-b25a-46ce-b54c-9bccce08b6f2}',
    idPrefixes: [],
    essential: true,
  },
  {
    name: 'Printer',
    classGuid: '{4d36e979-e325-11ce-bfc1-08002be10318}',
    idPrefixes: [],
    essential: false,
  },
  {
    name: 'Print queue',
    classGuid: '{1ed2bbf9-11f0-4084-b21f-ad83a8e6dcdc}',
    idPrefixes: [],
    essential: false,
  },
  {
    name: 'Smart card reader',
    classGuid: '{50dd5230-ba8a-11d1-bf5d-0000f805f530}',
    idPrefixes: [],
    essential: false,
  },
  {
    name: 'Audio endpoint',
    classGuid: '{c166523c-fe0c-4a94-a586-f1a80cfbbf3e}',
    idPrefixes: [],
    essential: false,
  },
];

/** The entry of a list that names the device's class. */
export function classEntry(entries: readonly string[], device: NeededDevice): string | undefined {
  return entries.find((entry) => entry.trim().toLowerCase() === device.classGuid);
}

/** The entry of a list of ids that the device would match; ids of sessions end in numbers, so beginnings are compared. */
export function idEntry(entries: readonly string[], device: NeededDevice): string | undefined {
  return entries.find((entry) => device.idPrefixes.some((prefix) => entry.trim().toLowerCase().startsWith(prefix)));
}
