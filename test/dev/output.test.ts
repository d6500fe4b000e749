import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import test from 'ava';
import { createOutput } from '../../dev/output.ts';

/** What is printed when a child writes `text`. */
async function printed(
  text: string,
  { isTTY = false, ...colours }: { isTTY?: boolean; colored?: boolean } = {},
): Promise<string> {
  let all = '';
  const stream = { isTTY, write: (part: string) => (all += part) };
  const output = createOutput({ stream, longestName: 7, ...colours });
  const source = new PassThrough();
  output.follow('users', source);
  const ended = once(source, 'close');
  source.end(text);
  await ended;
  return all;
}

const entry = { level: 30, time: 0, pid: 1, hostname: 'h', name: 'users', msg: 'hi' };

test("the launcher's own lines stand as they are", (t) => {
  let all = '';
  const stream = { isTTY: true, write: (part: string) => (all += part) };
  createOutput({ stream, longestName: 7 }).say('ready http://a trace UI http://b');
  t.is(all, 'ready http://a trace UI http://b\n');
});

test('each line has the name in front, lined up', async (t) => {
  t.is(await printed('one\ntwo\n'), 'users   | one\nusers   | two\n');
});

test('a last line without its end is printed', async (t) => {
  t.is(await printed('one\ntw'), 'users   | one\nusers   | tw\n');
});

test('elsewhere than on a terminal, log lines stay JSON', async (t) => {
  const line = JSON.stringify(entry);
  t.is(await printed(`${line}\n`), `users   | ${line}\n`);
});

test('on a terminal, names have colours and log lines are spelled out', async (t) => {
  const text = await printed(`${JSON.stringify(entry)}\n`, { isTTY: true });
  t.true(text.startsWith('\u001b['));
  t.false(text.includes('{'));
});

test('where colours are wanted elsewhere, names have them, and log lines stay JSON', async (t) => {
  const line = JSON.stringify(entry);
  const text = await printed(`${line}\n`, { colored: true });
  t.true(text.startsWith('\u001b['));
  t.true(text.endsWith(` ${line}\n`));
});

test('without colours, a terminal gets none', async (t) => {
  const text = await printed(`${JSON.stringify(entry)}\nplain\n`, { isTTY: true, colored: false });
  t.regex(text, /^users {3}\| \d\d:\d\d:\d\d\.\d{3} hi\nusers {3}\| plain\n$/);
});
