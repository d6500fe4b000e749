import test from 'ava';
import { durationText } from '../../../jaeger/tree/duration-text.ts';
import { traceIdIn } from '../../../jaeger/tree/pasted-trace-id.ts';
import { COLOUR_COUNT, serviceColours } from '../../../jaeger/tree/service-colours.ts';

for (const [us, text] of [
  [0, '0 µs'],
  [999, '999 µs'],
  [1_000, '1.00 ms'],
  [12_345, '12.3 ms'],
  [123_456, '123 ms'],
  [9_996, '10.0 ms'],
  [99_960, '100 ms'],
  [999_499, '999 ms'],
  [999_500, '1.00 s'],
  [1_200_000, '1.20 s'],
  [59_900_000, '59.9 s'],
  [59_960_000, '1 min 0 s'],
  [125_000_000, '2 min 5 s'],
  [86_400_000_000, '24 h 0 min'],
  [-2_500, '-2.50 ms'],
] as const) {
  test(`${us} µs are shown as ${text}`, (t) => t.is(durationText(us), text));
}

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';
for (const [form, given, id] of [
  ['32 digits', ID, ID],
  ['16 digits', 'a3ce929d0e0e4736', 'a3ce929d0e0e4736'],
  ['capitals', ID.toUpperCase(), ID],
  [
    'digits without their leading zeros',
    'f92f3577b34da6a3ce929d0e0e4736',
    '00f92f3577b34da6a3ce929d0e0e4736',
  ],
  ['a header', `x-trace-id: ${ID}`, ID],
  ['a header without a blank', `X-Trace-Id:${ID}`, ID],
  ['quotes', `"${ID}"`, ID],
  ["a link into Jaeger's UI", `http://127.0.0.1:16686/trace/${ID}?uiFind=00f067aa0ba902b7`, ID],
  ['a link below a path', `https://jaeger.example/base/trace/${ID}#x`, ID],
  ['a link to the API', `http://127.0.0.1:16686/api/traces/${ID}`, ID],
  ['uber-trace-id', `uber-trace-id: ${ID}:00f067aa0ba902b7:0:1`, ID],
  ['uber-trace-id, escaped', `${ID}%3A00f067aa0ba902b7%3A0%3A1`, ID],
  ['traceparent', `traceparent: 00-${ID}-00f067aa0ba902b7-01`, ID],
  ['too many digits', `${ID}0`, undefined],
  ['too few digits', 'abcdef', undefined],
  ['zeros', '0'.repeat(32), undefined],
  ['a word', 'trace', undefined],
  ['a link elsewhere', 'https://example.com/', undefined],
] as const) {
  test(`${form}: ${id === undefined ? 'no trace id' : 'the trace id is found'}`, (t) =>
    t.is(traceIdIn(given), id));
}

test('each service of a trace has a colour of its own, and the same one in other traces', (t) => {
  const services = Array.from({ length: COLOUR_COUNT }, (_, index) => `service ${index}`);
  t.is(new Set(serviceColours(services).values()).size, COLOUR_COUNT);
  t.is(serviceColours(['users']).get('users'), serviceColours(['users', 'audit']).get('users'));
});

test('more services than colours share them', (t) => {
  const services = Array.from({ length: 100 }, (_, index) => `service ${index}`);
  const colours = [...serviceColours(services).values()];
  t.is(colours.length, 100);
  t.true(colours.every((colour) => colour >= 0 && colour < COLOUR_COUNT));
});
