import type { OptionSpec } from '../config/options.ts';
import { PASSWORD_OPTION } from './credential.ts';
import { PULUMI_OPTIONS } from './pulumi-options.ts';

export const FORMATS = ['console', 'json', 'sarif', 'sarif-azure-devops', 'sarif-full', 'junit', 'markdown', 'html', 'csv', 'verdicts'] as const;

export const AZURE_CLOUD_OPTION: OptionSpec = {
  name: 'azure-cloud',
  type: 'text',
  value: 'FILE',
  help: 'the addresses of a cloud of its own: a file with resourceManager, authority, keyVaultSuffix and audience',
  configurable: false,
};

/** What `scan` and whatever judges takes. */
export const SCAN_OPTIONS: readonly OptionSpec[] = [
  { name: 'report', type: 'list', value: 'FORMAT:PATH', help: `write an output; repeats; PATH - is standard output. Formats: ${FORMATS.join(', ')}` },
  {
    name: 'fail-on',
    type: 'text',
    value: 'BAND',
    help: 'the lowest band that fails the gate',
    choices: ['critical', 'high', 'medium', 'low', 'none'],
    default: 'high',
  },
  { name: 'fail-on-unknown', type: 'flag', help: 'an unknown verdict fails the gate' },
  { name: 'pack', type: 'list', value: 'PACK', help: 'the packs of policies to judge by' },
  { name: 'policy', type: 'list', value: 'DIR', help: 'a folder of policies and settings of your own' },
  { name: 'only', type: 'list', value: 'ID,…', help: 'only these policies, from all, whatever the pack' },
  { name: 'skip', type: 'list', value: 'ID,…', help: 'without these policies' },
  { name: 'var', type: 'list', value: 'ID.NAME=VALUE', help: 'a policy parameter' },
  { name: 'waivers', type: 'text', value: 'FILE', help: 'accepted risks (default waivers.yaml beside the estate)' },
  { name: 'baseline', type: 'text', value: 'REPORT', help: 'gate only on what this JSON report does not have' },
  { name: 'previous', type: 'text', value: 'REPORT', help: 'carry forward what was open there and cannot be judged now' },
  { name: 'offline', type: 'flag', help: 'contact nothing: judge live targets from their last snapshot' },
  { name: 'declared', type: 'flag', help: 'judge hosts as they will be once their declared settings are applied' },
  { name: 'trusted-config', type: 'text', value: 'DIR', help: 'a checkout of the base branch, whose waivers, packs and parameters count' },
  AZURE_CLOUD_OPTION,
  { name: 'service-tags', type: 'text', value: 'FILE', help: 'the addresses of service tags: the JSON file that Microsoft publishes for a cloud' },
  { name: 'bicep', type: 'text', value: 'FILE', help: 'the Bicep compiler (default: on PATH, or the one of the Azure CLI)', configurable: false },
  { name: 'restore', type: 'flag', help: 'let the Bicep compiler fetch modules and extensions from registries', configurable: false },
  ...PULUMI_OPTIONS,
  {
    name: 'inline-ignores',
    type: 'text',
    value: 'WHOSE',
    help: 'whose ignore comments in sources count: those that the trusted checkout has too (without one all), all, or none',
    choices: ['trusted', 'all', 'none'],
    default: 'trusted',
  },
  { name: 'source-root', type: 'text', value: 'DIR', help: 'what paths in reports are relative to (default: the git top)' },
  { name: 'concurrency', type: 'number', value: 'N', help: 'how many live targets are collected at once (default 10), and threads judge (at most 4)' },
  { name: 'timeout', type: 'number', value: 'S', help: 'seconds for one live target, or one run of Pulumi (default 300)' },
  { name: 'resume', type: 'flag', help: 'collect only live targets that an interrupted collection does not have', configurable: false },
  { name: 'redact', type: 'flag', help: 'stand-ins for user names, SIDs and addresses in what is collected' },
  PASSWORD_OPTION,
  { name: 'no-fixes', type: 'flag', help: 'make no fixes: proving them costs time' },
  { name: 'now', type: 'text', value: 'TIME', help: "the scan's time, ISO 8601 (default: the clock)" },
  { name: 'exit-zero', type: 'flag', help: 'exit 0 where it would be 1 or 3' },
  { name: 'verbose', type: 'flag', help: 'show every finding on the console' },
  { name: 'quiet', type: 'flag', help: 'no progress and no warnings on standard error' },
  { name: 'show-config', type: 'flag', help: 'print every option, its value and where it comes from', configurable: false },
];
