import test from 'ava';
import { drawIdenticon } from '../../../services/avatars/identicon.ts';

test('the same text has the same picture, another text another', (t) => {
  t.is(drawIdenticon('ada'), drawIdenticon('ada'));
  t.is(new Set(Array.from({ length: 1000 }, (_, n) => drawIdenticon(`user ${n}`))).size, 1000);
});

test('what is in the text is not in the picture, which stays small and symmetric', (t) => {
  for (const text of ['', '<script>', '"/>', 'x'.repeat(10_000), '👩‍🚀']) {
    const svg = drawIdenticon(text);
    t.regex(
      svg,
      /^<svg xmlns="[^"]+" viewBox="0 0 5 5"><path fill="hsl\(\d+ 55% 45%\)" d="(M\d \dh1v1h-1z)*"\/><\/svg>$/,
    );
    const cells = new Set([...svg.matchAll(/M(\d) (\d)/g)].map(([, x, y]) => `${x},${y}`));
    for (const cell of cells) t.true(cells.has(`${4 - Number(cell[0])},${cell[2]}`));
  }
});
