/** Before these a value ends: a `<` behind them compares, or is part of a type. Behind anything else it may begin a cast. */
const ENDS_VALUE = /[\w$)\]}'"`]/;
/** Words behind which a value begins. */
const WORDS: ReadonlySet<string> = new Set(['return', 'await', 'typeof', 'void', 'case', 'in', 'of', 'yield', 'delete', 'throw', 'default', 'else', 'do']);
const OPEN = '([{';
const CLOSE = ')]}';

interface Level {
  /** Casts around it. */
  readonly depth: number;
  cast: boolean;
}

/**
 * How deep what looks like a cast (`<T>x`) is nested in brackets of such. The parser reads each of them twice, once as a function
 * with a type parameter, so the time that a text takes doubles with each level. Texts and comments are not told apart here: what
 * counts too much in them is nothing that people write.
 */
export function castDepth(text: string): number {
  const levels: Level[] = [{ depth: 0, cast: false }];
  let deepest = 0;
  let last = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char <= ' ') continue;
    const level = levels.at(-1) as Level;
    if (char === '<' && (!ENDS_VALUE.test(last) || WORDS.has(wordBefore(text, at)))) {
      level.cast = true;
      deepest = Math.max(deepest, level.depth + 1);
    } else if (OPEN.includes(char)) levels.push({ depth: level.depth + (level.cast ? 1 : 0), cast: false });
    else if (CLOSE.includes(char)) {
      if (levels.length > 1) levels.pop();
    } else if (char === ',' || char === ';') level.cast = false;
    last = char;
  }
  return deepest;
}

function wordBefore(text: string, at: number): string {
  return /([a-z]+)\s*$/.exec(text.slice(Math.max(0, at - 40), at))?.[1] ?? '';
}
