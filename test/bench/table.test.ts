import test from 'ava';
import { tableLines } from '../../bench/table.ts';

test('a table is Markdown with columns of one width, figures to the right', (t) => {
  t.deepEqual(
    tableLines([
      ['mesh', 'ratio'],
      ['untraced', '1.00'],
    ]),
    ['| mesh     | ratio |', '| -------- | ----: |', '| untraced |  1.00 |'],
  );
});
