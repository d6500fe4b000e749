/** The order of two texts by their UTF-8 bytes, which is Go's; JavaScript's own puts emoji before some letters. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const unitA = a.charCodeAt(index);
    const unitB = b.charCodeAt(index);
    if (unitA !== unitB) return afterSurrogates(unitA) - afterSurrogates(unitB);
  }
  return a.length - b.length;
}

// Surrogates stand for code points beyond all others, but lie below U+E000 to U+FFFF as code units.
function afterSurrogates(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
