import { Writable } from 'node:stream';
import test from 'ava';
import { createLogger } from '#shared/logger.ts';

/** A destination that keeps what is written. */
function memory({ isTTY = false } = {}) {
  let text = '';
  const write = (chunk: string) => {
    text += chunk;
    return true;
  };
  return {
    write,
    isTTY,
    text: () => text,
    lines: () =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
}

test('writes one JSON object a line', (t) => {
  const destination = memory();
  const log = createLogger({ name: 'gateway', destination });
  log.info({ port: 3000 }, 'listening');
  log.warn('careful');
  const lines = destination.lines();
  t.is(lines.length, 2);
  t.like(lines[0], { name: 'gateway', level: 30, port: 3000, msg: 'listening' });
});

test('is pretty on a terminal, at once', (t) => {
  const destination = memory({ isTTY: true });
  createLogger({ name: 'gateway', destination }).info({ port: 3000 }, 'listening');
  t.throws(destination.lines);
  t.regex(destination.text(), /INFO.*listening/s);
  t.regex(destination.text(), /port.*3000/s);
});

test('has the colours of its terminal, and none where that has none', (t) => {
  for (const [depth, hasColours] of [
    [8, true],
    [1, false],
  ] as const) {
    const destination = { ...memory({ isTTY: true }), getColorDepth: () => depth };
    createLogger({ name: 'gateway', destination }).info('listening');
    t.is(destination.text().includes('\u001B['), hasColours);
  }
});

test('says nothing below its level', (t) => {
  const destination = memory();
  const log = createLogger({ name: 'gateway', level: 'warn', destination });
  log.info('unheard');
  log.error('heard');
  t.deepEqual(
    destination.lines().map(({ msg }) => msg),
    ['heard'],
  );
});

test('joins the fields of the mixin, asked for at each line', (t) => {
  const destination = memory();
  let traceId = 'a';
  const log = createLogger({ name: 'gateway', mixin: () => ({ traceId }), destination });
  log.info('one');
  traceId = 'b';
  log.info('two');
  t.deepEqual(
    destination.lines().map((line) => line.traceId),
    ['a', 'b'],
  );
});

for (const key of ['password', 'token', 'authorization', 'Authorization', 'cookie', 'set-cookie']) {
  test(`takes out ${key}, however deep it lies`, (t) => {
    const destination = memory();
    const log = createLogger({ name: 'gateway', destination });
    const field = { [key]: 'hidden-1', kept: 'kept' };
    const err = Object.assign(new Error('refused'), { data: { params: field } });
    log.info({ ...field, a: { ...field, b: { ...field, c: field } }, list: [field], err }, 'line');
    t.notRegex(destination.text(), /hidden-1/);
    t.like(destination.lines()[0], { kept: 'kept', a: { kept: 'kept', [key]: '[redacted]' } });
    t.is(destination.lines()[0].err.message, 'refused');
  });
}

test('an error is written with its message, stack and cause under any key', (t) => {
  const destination = memory();
  const log = createLogger({ name: 'gateway', destination });
  const error = new Error('outer', { cause: new Error('inner') });
  log.error(error);
  log.error({ reason: error }, 'line');
  const [first, second] = destination.lines();
  t.like(first.err, { type: 'Error', message: 'outer: inner' });
  t.regex(second.reason.stack, /outer.*caused by: Error: inner/s);
});

test('an object that holds itself, or that knows its own JSON, is no trouble', (t) => {
  const destination = memory();
  const circle: Record<string, unknown> = { at: new Date(0), nothing: null };
  circle['self'] = circle;
  createLogger({ name: 'gateway', destination }).info({ circle }, 'line');
  t.like(destination.lines()[0].circle, { at: '1970-01-01T00:00:00.000Z', nothing: null });
});

test('leaves the object that is logged as it was', (t) => {
  const destination = memory();
  const user = { name: 'Ada', password: 'hidden-1' };
  createLogger({ name: 'users', destination }).info({ user }, 'line');
  t.is(user.password, 'hidden-1');
});

test('writes to a stream', async (t) => {
  const chunks: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  createLogger({ name: 'gateway', destination }).info('line');
  t.regex(chunks.join(''), /"msg":"line"/);
});
