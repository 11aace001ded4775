import type { Reporter } from './options.ts';

/** Format name to the module that renders it, imported when used. */
export const reporters = {
  console: () => import('./console.ts'),
  csv: () => import('./csv.ts'),
  html: () => import('./html.ts'),
  json: () => import('./json.ts'),
  junit: () => import('./junit.ts'),
  markdown: () => import('./markdown.ts'),
  sarif: () => import('./sarif.ts'),
  'sarif-azure-devops': () => import('./sarif-azure-devops.ts'),
  'sarif-full': () => import('./sarif-full.ts'),
  verdicts: () => import('./verdicts.ts'),
} satisfies Readonly<Record<string, () => Promise<{ readonly report: Reporter }>>>;

export type Format = keyof typeof reporters;

export function isFormat(name: string): name is Format {
  return Object.hasOwn(reporters, name);
}

export async function reporterFor(format: Format): Promise<Reporter> {
  return (await reporters[format]()).report;
}
