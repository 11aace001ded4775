import { DocumentError } from '../lib/document-error.ts';
import { linesOf } from '../lib/lines.ts';
import { coverage, type TextSpan } from '../lib/source-comments.ts';
import { yamlComments, yamlParts } from '../lib/yaml-comments.ts';
import { parseYaml } from '../lib/yaml-text.ts';
import type { IgnoreComments, SourceIgnore } from '../model/ignore.ts';
import { isBicep } from './bicep/compiled.ts';
import { ignoresIn } from './bicep/ignores.ts';
import { parseBicep } from './bicep/syntax.ts';
import type { Declaration, Node } from './bicep/tree.ts';
import { isTypescript } from './typescript/document.ts';
import { parseTypescript } from './typescript/parse.ts';

const WORD = 'rdposture-ignore';
/** More in one file are nobody's decisions. */
const MAX_IGNORES = 500;
const NONE: IgnoreComments = { ignores: [], malformed: [] };

interface Comment extends TextSpan {
  readonly text: string;
}

/** What the comments of a Pulumi YAML program, a TypeScript or a Bicep file ask to ignore. Files without the word are not parsed. */
export function ignoreComments(file: string, text: string): IgnoreComments {
  if (!text.includes(WORD)) return NONE;
  const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const parsed = isBicep(file) ? inBicep(plain) : isTypescript(file) ? inTypescript(plain, file) : /\.ya?ml$/i.test(file) ? inYaml(plain) : null;
  return parsed === null ? NONE : commentsOf(file, plain, parsed.comments, parsed.parts);
}

interface Parsed {
  readonly comments: readonly Comment[];
  readonly parts: readonly TextSpan[];
}

function inYaml(text: string): Parsed | null {
  try {
    return { comments: yamlComments(text), parts: yamlParts(parseYaml(text).root) };
  } catch (error) {
    if (error instanceof DocumentError) return null;
    throw error;
  }
}

function inTypescript(text: string, file: string): Parsed | null {
  return parseTypescript(text, /x$/i.test(file));
}

function inBicep(text: string): Parsed {
  const { comments, declarations } = parseBicep(text);
  return { comments, parts: bicepParts(declarations) };
}

function bicepParts(declarations: readonly Declaration[]): TextSpan[] {
  const parts: TextSpan[] = [];
  const open = [...declarations];
  const waiting: Node[] = [];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    // A comment may stand between the decorators of a statement and its first word.
    parts.push({ start: next.start, end: next.end }, { start: next.key.start, end: next.end });
    if (next.value !== null) waiting.push(next.value);
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (node.is === 'object') {
        open.push(...node.nested);
        parts.push(...node.members);
        waiting.push(...node.members.map(({ value }) => value));
      } else if (node.is === 'list') {
        parts.push(...node.items.map(({ value }) => value));
        waiting.push(...node.items.map(({ value }) => value));
      } else if (node.is === 'loop') waiting.push(node.body);
    }
  }
  return parts;
}

function commentsOf(file: string, text: string, comments: readonly Comment[], parts: readonly TextSpan[]): IgnoreComments {
  const lines = linesOf(text);
  const asked = comments.filter((comment) => comment.text.includes(WORD));
  const coveredBy = coverage({ text, lines, comments, parts });
  const ignores: SourceIgnore[] = [];
  const malformed: IgnoreComments['malformed'][number][] = [];
  for (const [index, comment] of asked.entries()) {
    const region = lines.region(comment.start, comment.end);
    const read = ignoresIn([comment], text);
    if (index >= MAX_IGNORES && read.ignores.length > 0) malformed.push({ file, region });
    if (index >= MAX_IGNORES || read.ignores.length + read.malformed.length === 0) continue;
    const covered = coveredBy(comment);
    for (const { policies, until, reason } of read.ignores) {
      // At the end of a file it stands at nothing, and is said to match nothing.
      const at = covered ?? { from: region.startLine, to: region.startLine, anchor: [] };
      ignores.push({ file, region, policies, until, reason, ...at });
    }
    if (read.malformed.length > 0) malformed.push({ file, region });
  }
  return { ignores, malformed };
}
