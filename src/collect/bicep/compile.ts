import { dirname } from 'node:path';
import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import type { Problem } from '../../model/problem.ts';
import { isProblem, nameOf, readTextFile, sourceRootOf } from '../files.ts';
import { type BicepEntry, type CompiledBicep, isParametersFile } from './compiled.ts';
import { diagnosticsOf } from './diagnostics.ts';
import { deploymentOf, type Evaluated, markTemplate, parametersFor, readSnapshots } from './evaluated.ts';
import { type Gathered, gather, isBelow } from './gather.ts';
import { makeMirror, type Mirror } from './mirror.ts';
import type { Answer, Compiler } from './rpc.ts';

export interface CompileOptions {
  readonly sourceRoot: string;
  readonly restore: boolean;
  /** Null when none was found. */
  readonly compiler: Compiler | null;
  /** Texts that stand for files, by the names of reports. */
  readonly edited?: ReadonlyMap<string, string>;
}

/** Compiles one file with all its modules; with a parameters file, evaluates it. What cannot be done is among the problems. */
export async function compileBicep(entry: BicepEntry, options: CompileOptions): Promise<CompiledBicep> {
  const { sourceRoot } = options;
  const asked = entry.parameters !== null && isParametersFile(entry.parameters) ? entry.parameters : entry.path;
  const root = isBelow(entry.path, sourceRoot) ? sourceRoot : sourceRootOf(dirname(entry.path));
  const gathered = gather(asked, root, options);
  const main = isParametersFile(asked) ? usedBy(asked, gathered) : asked;
  const base: CompiledBicep = {
    file: nameOf(entry.path, sourceRoot),
    main: main === null ? null : nameOf(main, sourceRoot),
    parameters: isParametersFile(asked) ? nameOf(asked, sourceRoot) : null,
    judged: null,
    given: null,
    origins: {},
    sources: [...gathered.sources.values()].map(({ file, uses }) => ({
      file,
      uses: Object.fromEntries([...uses].map(([reference, path]) => [reference, nameOf(path, sourceRoot)])),
    })),
    problems: gathered.problems,
  };
  const failed = (problem: Problem): CompiledBicep => ({ ...base, problems: [...base.problems, problem] });
  const given = entry.parameters === null || asked === entry.parameters ? null : readParameters(entry.parameters, sourceRoot);
  if (gathered.problems.length > 0) return base;
  if (given !== null && 'level' in given) return failed(given);
  if (main === null || !/\.bicep$/i.test(main)) return failed(noMain(base.parameters ?? base.file));
  if (isParametersFile(asked) && !isParametersFile(entry.path) && main !== entry.path) return failed(otherMain(base));
  if (options.compiler === null) return failed(noCompiler(base.file));
  const mirror = makeMirror(gathered);
  try {
    return await compileIn(mirror, asked, { ...base, given: given?.value ?? null }, options.compiler, options);
  } finally {
    mirror.remove();
  }
}

/** The file that a parameters file is for. */
function usedBy(path: string, { sources }: Gathered): string | null {
  const source = sources.get(path);
  const using = source?.document.tree.declarations.find(({ word }) => word === 'using')?.target?.value;
  return using === undefined ? null : (source?.uses.get(using) ?? null);
}

async function compileIn(mirror: Mirror, asked: string, base: CompiledBicep, compiler: Compiler, { sourceRoot }: CompileOptions): Promise<CompiledBicep> {
  const path = mirror.pathOf(asked);
  const withParameters = base.parameters !== null;
  const answer = await (withParameters ? compiler.call('bicep/compileParams', { path, parameterOverrides: {} }) : compiler.call('bicep/compile', { path }));
  const told = { nameOf: (source: string) => originalName(source, mirror, sourceRoot), cleaned: mirror.cleaned };
  const said = 'result' in answer ? diagnosticsOf(answer.result, told, base.file) : [];
  const template = 'result' in answer ? parsed(member(answer.result, withParameters ? 'template' : 'contents')) : null;
  if (template === null) return { ...base, problems: said.length > 0 ? said : [failedProblem(base.file, answer, mirror)] };
  const given = 'result' in answer && withParameters ? parsed(member(answer.result, 'parameters')) : base.given;
  const evaluated = await evaluate(mirror, template, given, compiler);
  if (typeof evaluated !== 'string') return { ...base, given, ...evaluated };
  // Without parameters, that a loop has no known length is no surprise.
  return { ...base, given, judged: template, problems: given === null ? [] : [notEvaluated(base.file, mirror.cleaned(evaluated))] };
}

/** An ARM parameters file. */
function readParameters(path: string, sourceRoot: string): { readonly value: JsonObject } | Problem {
  const file = readTextFile(path, sourceRoot);
  if (isProblem(file)) return file;
  const value = parsed(file.text);
  if (value !== null) return { value };
  const message = `'${file.name}' is no parameters file: it is not an object in JSON.`;
  return { level: 'error', code: 'bicep.parameters', message, hint: 'Name a .bicepparam file, or a parameters file in JSON.', file: file.name };
}

/** The evaluated resources, or why there are none. */
async function evaluate(mirror: Mirror, template: JsonObject, given: Json | null, compiler: Compiler): Promise<Evaluated | string> {
  mirror.write('marked.json', JSON.stringify(markTemplate(template)));
  const path = mirror.write('marked.bicepparam', parametersFor('marked.json', template, given));
  const bare = await snapshotOf(path, {}, compiler);
  if (typeof bare === 'string') return bare;
  const placed = await snapshotOf(path, deploymentOf(template), compiler);
  return readSnapshots(bare, typeof placed === 'string' ? null : placed, template) ?? 'the compiler gave something else';
}

async function snapshotOf(path: string, metadata: JsonObject, compiler: Compiler): Promise<JsonObject | string> {
  const answer = await compiler.call('bicep/getSnapshot', { path, metadata });
  if (!('result' in answer)) return 'refused' in answer ? `the compiler says: ${answer.refused}` : 'the compiler gave no answer';
  return parsed(member(answer.result, 'snapshot')) ?? 'the compiler gave something else';
}

function parsed(text: Json | undefined): JsonObject | null {
  if (typeof text !== 'string') return null;
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function originalName(path: string, mirror: Mirror, sourceRoot: string): string | null {
  const original = mirror.originalOf(path);
  return original === null ? null : nameOf(original, sourceRoot);
}

function noMain(file: string): Problem {
  return {
    level: 'error',
    code: 'bicep.using',
    message: `'${file}' does not say which Bicep file it is for, so nothing of it was judged.`,
    hint: "Begin it with using 'main.bicep', or name an ARM template with a JSON parameters file.",
    file,
  };
}

function otherMain({ file, parameters, main }: CompiledBicep): Problem {
  const message = `The parameters file '${parameters ?? ''}' of '${file}' is for '${main ?? ''}', so nothing was judged.`;
  return { level: 'error', code: 'bicep.using', message, hint: 'Name the parameters file that uses it.', file };
}

function noCompiler(file: string): Problem {
  return {
    level: 'error',
    code: 'bicep.no-compiler',
    message: `'${file}' was not judged: there is no Bicep compiler on PATH or in the Azure CLI.`,
    hint: 'Install it (`az bicep install`, or as https://learn.microsoft.com/azure/azure-resource-manager/bicep/install says), or name it with --bicep FILE.',
    file,
  };
}

const CAUSES = {
  late: ['did not compile in time, and the compiler was ended', 'Compile it by hand with `bicep build` to see why.'],
  ended: ['was not judged: the compiler ended', 'Check that `bicep --version` is 0.36 or later, and what `bicep build` says.'],
  'too-large': ['was not judged: the compiler gave an answer of more than 64 MiB', 'Split it.'],
  'not-started': ['was not judged: the compiler could not be started', 'Check --bicep, and that the program may be run.'],
} as const;

function failedProblem(file: string, answer: Answer, { cleaned }: Mirror): Problem {
  if ('failed' in answer) {
    const [what, hint] = CAUSES[answer.failed];
    const said = answer.said === '' ? '' : ` (${cleaned(answer.said).slice(0, 300)})`;
    return { level: 'error', code: `bicep.${answer.failed}`, message: `'${file}' ${what}${said}.`, hint, file };
  }
  const why = 'refused' in answer ? cleaned(answer.refused) : 'It gave neither a template nor an error.';
  return {
    level: 'error',
    code: 'bicep.refused',
    message: `The compiler refused '${file}': ${why}`,
    hint: 'Compile it by hand with `bicep build` to see why.',
    file,
  };
}

function notEvaluated(file: string, why: string): Problem {
  return {
    level: 'warning',
    code: 'bicep.not-evaluated',
    message: `'${file}' was judged without being evaluated as a whole, so more of it may be unknown: ${why}.`,
    hint: 'Compare with what `bicep snapshot` says.',
    file,
  };
}
