import test from 'ava';
import { colourDepthOf } from '../../../jaeger/trace-command/colours.ts';

const terminal = { isTTY: true, getColorDepth: () => 4 };

for (const [title, stream, env, depth] of [
  ['a terminal', terminal, {}, 4],
  ['a pipe', {}, {}, 1],
  ['a terminal, with an empty NO_COLOR', terminal, { NO_COLOR: '' }, 4],
  ['a terminal, with NO_COLOR', terminal, { NO_COLOR: '1' }, 1],
  ['a terminal, with FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, 1],
  ['a pipe, with FORCE_COLOR=false', {}, { FORCE_COLOR: 'false' }, 1],
  ['a pipe, with FORCE_COLOR', {}, { FORCE_COLOR: '1' }, 8],
  ['a pipe, with both', {}, { NO_COLOR: '1', FORCE_COLOR: '1' }, 1],
] as const) {
  test(`${title} takes ${depth} bits of colour`, (t) => {
    t.is(colourDepthOf(stream, env), depth);
  });
}
