import type { Json } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import type { Problem } from '../../model/problem.ts';
import type { TextFile } from '../files.ts';

/** A file that something was compiled from, and the files that its modules name, by the text that names them. */
export interface CompiledSource {
  readonly file: TextFile;
  /** Names of reports. */
  readonly uses: Readonly<Record<string, string>>;
}

/** What compiling one file came to, as a plain value that can be sent to other threads. */
export interface CompiledBicep {
  /** As reports name the file that was asked for. */
  readonly file: string;
  /** The `.bicep` file whose resources are judged, where it is known. */
  readonly main: string | null;
  /** The `.bicepparam` file, where there is one. */
  readonly parameters: string | null;
  /** The evaluated resources written as a template, or the template where it could not be evaluated; null when there is none. */
  readonly judged: Json | null;
  /** Values of parameters as an ARM parameters file holds them; null without one. */
  readonly given: Json | null;
  /** Where in the template each evaluated resource is declared, by its name in `judged`; empty for a template. */
  readonly origins: Readonly<Record<string, Pointer>>;
  readonly sources: readonly CompiledSource[];
  readonly problems: readonly Problem[];
}

/** What is to be compiled: a `.bicep` file with or without its parameters file, or a `.bicepparam`. Absolute paths. */
export interface BicepEntry {
  readonly path: string;
  /** A `.bicepparam` file, or one in JSON. */
  readonly parameters: string | null;
}

export function entryKey({ path, parameters }: BicepEntry): string {
  return `${path}\0${parameters ?? ''}`;
}

export function isBicep(path: string): boolean {
  return /\.bicep(?:param)?$/i.test(path);
}

export function isParametersFile(path: string): boolean {
  return /\.bicepparam$/i.test(path);
}
