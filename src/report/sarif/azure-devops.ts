import type { ScanReport } from '../../model/report.ts';
import { guidOf } from './identity.ts';

/** The variables of an Azure DevOps build that `scan.azureDevOps` may hold, by their names in the environment. */
export const AZURE_DEVOPS_VARIABLES = [
  'SYSTEM_COLLECTIONURI',
  'SYSTEM_TEAMPROJECTID',
  'SYSTEM_DEFINITIONID',
  'SYSTEM_PHASEID',
  'SYSTEM_PHASENAME',
  'SYSTEM_JOBID',
  'SYSTEM_JOBNAME',
  'BUILD_DEFINITIONID',
  'BUILD_DEFINITIONNAME',
  'BUILD_BUILDID',
  'BUILD_SOURCEBRANCH',
] as const;

type Variable = (typeof AZURE_DEVOPS_VARIABLES)[number];

const NO_ID = '00000000-0000-0000-0000-000000000000';
/** What the service takes for a run that belongs to no saved pipeline. */
const NO_DEFINITION = '-1';
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Advanced Security takes a log only with an id that names the pipeline and with four properties about it, of which the
 * definition may not be zero and the phase not the empty GUID (GHAzDO1014, 1019, 1020). The id names a phase, not a group
 * of the estate, so the log has one run. Outside of a build it validates and names nothing that exists.
 */
export function azureDevOpsAutomation(report: ScanReport): object {
  const values = report.scan.azureDevOps ?? {};
  const first = (fallback: string, fits: RegExp, ...names: readonly Variable[]): string => {
    const given = names.map((name) => (Object.hasOwn(values, name) ? values[name] : undefined));
    return given.find((value) => value !== undefined && fits.test(value)) ?? fallback;
  };
  const definition = first(NO_DEFINITION, /^[1-9]\d*$/, 'BUILD_DEFINITIONID', 'SYSTEM_DEFINITIONID');
  const phase = first(guidOf('phase', report.scan.estate, report.scan.mode), GUID, 'SYSTEM_PHASEID', 'SYSTEM_JOBID');
  const parts = [
    organisationOf(first('', /./, 'SYSTEM_COLLECTIONURI')),
    first(NO_ID, GUID, 'SYSTEM_TEAMPROJECTID'),
    definition,
    phase,
    first('refs/heads/main', /./, 'BUILD_SOURCEBRANCH'),
    first('0', /^\d+$/, 'BUILD_BUILDID'),
  ];
  return {
    id: `azuredevops/pipeline/build/${parts.join('/')}`,
    properties: {
      'azuredevops/pipeline/build/buildDefinitionId': definition,
      'azuredevops/pipeline/build/buildDefinitionName': first('rdposture', /\S/, 'BUILD_DEFINITIONNAME'),
      'azuredevops/pipeline/build/phaseId': phase,
      'azuredevops/pipeline/build/phaseName': first('scan', /\S/, 'SYSTEM_PHASENAME', 'SYSTEM_JOBNAME'),
    },
  };
}

/** `https://dev.azure.com/contoso/` and `https://contoso.visualstudio.com/` → `contoso`. */
function organisationOf(collection: string): string {
  if (!URL.canParse(collection)) return 'organization';
  const url = new URL(collection);
  const path = url.pathname.split('/').find((segment) => segment !== '');
  return url.hostname.endsWith('.visualstudio.com') ? (url.hostname.split('.')[0] ?? 'organization') : (path ?? url.hostname);
}
