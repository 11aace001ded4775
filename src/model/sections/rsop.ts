import type { SectionSpec } from '../snapshot.ts';
import { ADMINISTRATORS } from './rights.ts';

const text = { type: ['string', 'null'] } as const;

/**
 * What Group Policy last wrote into the registry (`root\rsop\computer`): the one witness of whose a value below `Policies` is.
 * An empty table says nothing, since logging of results can be turned off.
 */
export const RSOP_SECTION: SectionSpec = {
  name: 'RSOP_RegistryPolicySetting',
  of: 'windows-host',
  title: 'Registry values of Group Policy',
  shape: 'rows',
  source: 'https://learn.microsoft.com/previous-versions/windows/desktop/policy/rsop-registrypolicysetting',
  right: ADMINISTRATORS,
  columns: {
    registryKey: { type: 'string', description: 'Below HKEY_LOCAL_MACHINE, without the hive.' },
    valueName: text,
    precedence: { type: ['integer', 'null'], description: '1 wins.' },
    GPOID: { ...text, description: 'Path of the Group Policy object in the directory.' },
    deleted: { type: ['boolean', 'null'], description: 'The policy takes the value away.' },
  },
};

/** The security options that Group Policy last set: registry values that have no policy key of their own. */
export const RSOP_OPTIONS_SECTION: SectionSpec = {
  name: 'RSOP_RegistryValue',
  of: 'windows-host',
  title: 'Security options of Group Policy',
  shape: 'rows',
  source: 'https://learn.microsoft.com/previous-versions/aa375052(v=vs.85)',
  right: ADMINISTRATORS,
  columns: {
    Path: { type: 'string', description: 'Key and value name in one, below MACHINE.' },
    Type: { type: ['integer', 'null'], description: '1 REG_SZ, 2 REG_EXPAND_SZ, 3 REG_BINARY, 4 REG_DWORD, 7 REG_MULTI_SZ.' },
    Data: text,
    precedence: { type: ['integer', 'null'], description: '1 wins.' },
    GPOID: { ...text, description: 'Path of the Group Policy object in the directory.' },
  },
};

/** What the Group Policy objects are called that the two tables above name by their paths. */
export const RSOP_OBJECTS_SECTION: SectionSpec = {
  name: 'RSOP_GPO',
  of: 'windows-host',
  title: 'Names of Group Policy objects',
  shape: 'rows',
  source: 'https://learn.microsoft.com/previous-versions/windows/desktop/policy/rsop-gpo',
  right: ADMINISTRATORS,
  columns: {
    id: { type: 'string', description: 'Path of the Group Policy object in the directory, as `GPOID` has it.' },
    guidName: { ...text, description: 'GUID in braces.' },
    name: { ...text, description: 'As the Group Policy editor shows it.' },
  },
};

export const RSOP_SECTIONS: readonly SectionSpec[] = [RSOP_SECTION, RSOP_OPTIONS_SECTION, RSOP_OBJECTS_SECTION];
