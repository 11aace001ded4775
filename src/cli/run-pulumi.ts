import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { findProgram } from '../collect/find-program.ts';
import { isFolder, nameOf } from '../collect/files.ts';
import { isProjectFile, projectFileIn } from '../collect/pulumi/project.ts';
import { isSet, type ParsedOptions, textOf } from '../config/options.ts';
import { forTerminal, truncate } from '../lib/escape.ts';
import { type Problem, UserError } from '../model/problem.ts';
import type { ScanRequest } from '../scan.ts';
import { estateFileOf, loadEstate } from '../scan/plan.ts';
import { openText } from '../scan/read-input.ts';
import { DEFAULT_TIMEOUT, numberOf } from './live-options.ts';

/** What running the programs came to, before anything is judged. */
export interface Previewed {
  readonly previews: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
  readonly interrupted: boolean;
}

/** Runs `pulumi preview` for each project that the user or the estate names; never without the flag. */
export async function runPulumi(request: ScanRequest, options: ParsedOptions): Promise<Previewed> {
  const previews = new Map<string, string>();
  const stack = textOf(options, 'pulumi-stack');
  if (!isSet(options, 'run-pulumi')) {
    if (stack !== null) throw new UserError('cli.pulumi-stack', '--pulumi-stack is for --run-pulumi, which was not given.', 'Give both.');
    return { previews, problems: [], interrupted: false };
  }
  const projects = projectsOf(request);
  if (projects.length === 0) {
    throw new UserError('cli.run-pulumi', '--run-pulumi: no Pulumi project is named.', 'Name a folder with a Pulumi.yaml, or an estate with `pulumi`.');
  }
  const program = findProgram('pulumi', process.env['PATH'] ?? process.env['Path'] ?? '');
  if (program === null) return { previews, problems: projects.map((project) => notInstalled(nameOf(project, request.sourceRoot))), interrupted: false };
  const [{ runPreview }, { untilInterrupted }] = await Promise.all([import('../collect/pulumi/run.ts'), import('./until-interrupted.ts')]);
  const problems: Problem[] = [];
  const timeoutSeconds = numberOf(options, 'timeout', DEFAULT_TIMEOUT);
  const interrupted = await untilInterrupted(async (signal) => {
    for (const project of projects) {
      if (signal.aborted) return;
      const name = nameOf(project, request.sourceRoot);
      if (!isSet(options, 'quiet')) process.stderr.write(`note: running \`pulumi preview\` for '${forTerminal(name)}'.\n`);
      const { text, failed } = await runPreview({ program, project, stack, timeoutSeconds, signal });
      const opened = openText(text, name);
      if (!('level' in opened)) previews.set(project, text);
      if (failed !== null) problems.push(failedProblem(name, failed));
      else if ('level' in opened) problems.push(opened);
    }
  });
  return { previews, problems, interrupted };
}

/** A folder that is named and holds a project file, a project file that is named, and what the estate lists; absolute, each once. */
function projectsOf({ paths, sourceRoot, library }: ScanRequest): string[] {
  const projects = new Set<string>();
  for (const path of paths) {
    const estateFile = estateFileOf(path, sourceRoot);
    const listed =
      estateFile === null ? [] : loadEstate(estateFile, sourceRoot, library.areas).estate.pulumi.map((project) => resolve(dirname(estateFile), project.path));
    for (const candidate of estateFile === null ? [path] : listed) {
      const file = isFolder(candidate) ? projectFileIn(candidate) : isProjectFile(candidate) && existsSync(candidate) ? candidate : null;
      if (file !== null) projects.add(file);
    }
  }
  return [...projects];
}

function notInstalled(file: string): Problem {
  const message = `'${file}' was not run: there is no \`pulumi\` on PATH.`;
  return {
    level: 'error',
    code: 'pulumi.not-installed',
    message,
    hint: 'Install the Pulumi CLI (https://www.pulumi.com/docs/iac/download-install/), or name a saved preview.',
    file,
  };
}

function failedProblem(file: string, why: string): Problem {
  const message = `\`pulumi preview\` for '${file}' failed: ${truncate(why, 1200)}.`;
  return {
    level: 'error',
    code: 'pulumi.failed',
    message,
    hint: 'Run `pulumi preview --json --show-sames` there by hand; --pulumi-stack names the stack, --timeout the seconds.',
    file,
  };
}
