/** `*` is any text, `?` one character; compared without case, over the whole text. Never more than length × length steps. */
export function globMatches(pattern: string, text: string): boolean {
  const source = pattern.toLowerCase();
  const subject = text.toLowerCase();
  let p = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < subject.length) {
    if (source[p] === '*') {
      star = p++;
      mark = t;
    } else if (p < source.length && (source[p] === '?' || source[p] === subject[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (source[p] === '*') p++;
  return p === source.length;
}
