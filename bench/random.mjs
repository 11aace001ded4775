/** A small generator of numbers that are the same in every run (xorshift32). */
export function random(seed) {
  let state = Math.imul(seed >>> 0 || 1, 0x9e3779b1) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}

export function pick(list, next) {
  return list[Math.floor(next() * list.length)];
}
