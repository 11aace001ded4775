import type { OptionSpec } from '../config/options.ts';

export const PULUMI_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'run-pulumi',
    type: 'flag',
    help: 'run `pulumi preview` for the projects that are named and judge what it prints; this runs their programs',
    configurable: false,
  },
  { name: 'pulumi-stack', type: 'text', value: 'NAME', help: 'the stack that --run-pulumi previews (default: the selected one)', configurable: false },
];
