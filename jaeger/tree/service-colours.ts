/** Gives each service of a trace a colour of its own, the same one in every trace as far as there are enough. */

/** How many colours there are; both palettes have so many. */
export const COLOUR_COUNT = 12;

/** The number of each service's colour, from 0. */
export function serviceColours(services: readonly string[]): Map<string, number> {
  const colours = new Map<string, number>();
  const taken = new Set<number>();
  for (const service of services) {
    if (taken.size === COLOUR_COUNT) taken.clear();
    let colour = hash(service) % COLOUR_COUNT;
    while (taken.has(colour)) colour = (colour + 1) % COLOUR_COUNT;
    taken.add(colour);
    colours.set(service, colour);
  }
  return colours;
}

// FNV-1a: short, and spreads short names well.
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
