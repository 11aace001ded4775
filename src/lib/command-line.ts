/** `tscon` as a word of its own: the start of the line, or after a separator, and before the next one. */
export const TSCON = /(?:^|[\s"'\\/&|;,=(])tscon(?:\.exe)?(?=$|[\s"'&|;,)])/i;

/** The program of a command line, quoted or not, and what follows it. */
export function splitCommand(line: string): { readonly program: string; readonly rest: string } {
  const trimmed = line.trim();
  const match = /^("[^"]*"|.*?\.(?:exe|com|bat|cmd|sys|scr|ps1|vbs)(?=$|[\s"])|\S+)(.*)$/is.exec(trimmed);
  return match === null ? { program: trimmed, rest: '' } : { program: match[1] ?? '', rest: match[2] ?? '' };
}
