/**
 * Everything printed comes from hosts and files that may be hostile. Each function makes text safe for one kind of output;
 * none of them depends on the locale.
 */

/** Controls (C0, C1), format characters (bidi, zero-width, tags), line and paragraph separators, lone surrogates, blank letters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u3164|\uffa0/gu;

function shown(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  const hex = point.toString(16);
  return point > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
}

/**
 * `##vso[`, `##[`: a command to the agent of Azure Pipelines and to the runner of GitHub Actions, anywhere in a printed line.
 * Both compare by the rules of a culture, which pass over marks such as variation selectors.
 */
const AGENT_COMMAND = /#(?=\p{M}*#\p{M}*(?:v\p{M}*s\p{M}*o\p{M}*)?\[)/giu;

/**
 * `::name`: a command to the runner of GitHub Actions at the start of a line, blanks before it or not. Wrapping starts a line
 * at any word. No command is named by hexadecimal digits alone, as `::ffff:0:0`.
 */
const RUNNER_COMMAND = /(?<=(?:^|\s)\p{M}*):(?=\p{M}*:\p{M}*[a-f]*[g-z-][a-z-]*(?![\w-]))/giu;

/**
 * Makes visible what would steer a terminal, hide or turn text around: `\u001b`. Line feeds too, unless they are to stay. A
 * blank breaks what would be a command to what keeps the log of a pipeline.
 */
export function forTerminal(text: string, options: { lineFeeds?: boolean } = {}): string {
  const seen = text.replaceAll(UNSEEN, (character) => (character === '\n' && options.lineFeeds === true ? character : shown(character)));
  return withoutCommands(seen);
}

/** Also for a line that wrapping has cut out of a word. */
export function withoutCommands(text: string): string {
  return text.replaceAll(AGENT_COMMAND, '# ').replaceAll(RUNNER_COMMAND, ': ');
}

/** Inline text for Markdown (CommonMark and GitHub's): nothing in it is markup, HTML or an automatic link. Line breaks become blanks. */
export function forMarkdown(text: string): string {
  return forTerminal(text.replaceAll(/[\r\n\t]+/g, ' '))
    .replaceAll(/[\\`*_[\]|~$]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('://', '&#58;//')
    .replaceAll(/www\./gi, (found) => `${found.slice(0, 3)}&#46;`)
    .replace(/^(\s*)([#+=-])/, '$1\\$2')
    .replace(/^(\s*\d{1,9})([.)])/, '$1\\$2');
}

/** Text and attribute values of HTML. */
export function forHtml(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(UNSEEN, (character) => (character === '\n' || character === '\t' ? character : shown(character)))
    .replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Text and attribute values of XML 1.0 (§2.2): characters that it cannot hold become U+FFFD, line breaks survive in attributes. */
export function forXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll(/[&<>"'\t\n\r\u007f-\u009f]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * A field of CSV (RFC 4180). What a spreadsheet would take for a formula is preceded by `'`: `=`, `+`, `-`, `@`, their
 * full-width forms, tab and CR.
 */
export function forCsv(field: string): string {
  const risky = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(field);
  const safe = field.replaceAll(UNSEEN, (character) => (/[\t\r\n]/.test(character) ? character : shown(character)));
  return risky || /["',;\t\r\n]|^\s|\s$/.test(safe) ? `"${risky ? "'" : ''}${safe.replaceAll('"', '""')}"` : safe;
}

/** One argument of a POSIX shell command. A NUL, which no argument can hold, becomes U+FFFD. */
export function posixQuote(argument: string): string {
  if (/^[A-Za-z0-9_/.,:@%+-][A-Za-z0-9_/.,:@%+=-]*$/.test(argument)) return argument;
  return `'${argument.replaceAll('\0', '\ufffd').replaceAll("'", "'\\''")}'`;
}

/** At most `max` UTF-16 code units, the last of them `…` when something was cut off; a surrogate pair is never split. */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max < 1) return '';
  const cut = (text.charCodeAt(max - 2) & 0xfc00) === 0xd800 ? max - 2 : max - 1;
  return `${text.slice(0, cut)}…`;
}
