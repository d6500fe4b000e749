import test from 'ava';
import { compareUtf8 } from '../../../jaeger/spans/compare-utf8.ts';
import { JsonNumberError, jsonText } from '../../../jaeger/spans/json-text.ts';

test('what HTML could trip over is escaped, and it still reads as the same', (t) => {
  const text = '<a href="x">&\u2028\u2029\\ \n\u0001 ü 🚀</a>';
  const written = jsonText({ [text]: text });
  t.notRegex(written, /[<>&\u2028\u2029]/);
  t.deepEqual(JSON.parse(written), { [text]: text });
});

test('numbers keep their sign and their 64 bits', (t) => {
  const values = [-0, 0, 1e21, 1e-7, 18_446_744_073_709_551_615n, true, null, [], {}];
  t.is(jsonText(values), '[-0,0,1e+21,1e-7,18446744073709551615,true,null,[],{}]');
});

test('a number that JSON has no form for is refused by its name in Go', (t) => {
  for (const [value, name] of [
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
  ] as const)
    t.throws(() => jsonText([{ value }]), {
      instanceOf: JsonNumberError,
      message: `json: unsupported value: ${name}`,
    });
});

test('texts are ordered by their UTF-8 bytes', (t) => {
  const texts = ['b', 'a', '', 'ab', 'Z', 'é', '\uFFFD', '🚀', '\uE000', '🚀a', '\uD7FF'];
  const byBytes = [...texts].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  t.deepEqual([...texts].sort(compareUtf8), byBytes);
});
