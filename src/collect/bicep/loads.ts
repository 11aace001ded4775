import type { Token } from './tokens.ts';
import type { Load } from './tree.ts';

/** Functions that read a file when a file is compiled: azure-resource-manager/bicep/bicep-functions-files. */
const READS: ReadonlySet<string> = new Set(['loadTextContent', 'loadFileAsBase64', 'loadJsonContent', 'loadYamlContent', 'loadDirectoryFileInfo']);

/** Wherever they are called, in holes of strings too. */
export function loadsOf(tokens: readonly Token[]): Load[] {
  const loads: Load[] = [];
  for (const [index, token] of tokens.entries()) {
    for (const hole of token.holes ?? []) loads.push(...loadsOf(hole));
    if (token.is !== 'name' || token.text === null || !READS.has(token.text) || tokens[index + 1]?.text !== '(') continue;
    let at = index + 2;
    while (tokens[at]?.is === 'line') at++;
    const argument = tokens[at];
    let next = at + 1;
    while (tokens[next]?.is === 'line') next++;
    const plain = argument?.is === 'string' && argument.text !== null && (tokens[next]?.text === ')' || tokens[next]?.text === ',');
    loads.push({ function: token.text, path: plain ? (argument.text ?? null) : null, start: token.start, end: argument?.end ?? token.end });
  }
  return loads;
}
