/** Log lines as logs of the span in which they were written. */
import test from 'ava';
import { createLogger } from '#shared/logger.ts';
import { inSpan, logOnSpan } from '#shared/tracing/index.ts';
import { createMemoryTracing } from '#shared/tracing/testing.ts';

test('where it is asked for, a log line is echoed on the active span, without its secrets', (t) => {
  const tracing = createMemoryTracing();
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  const logger = createLogger({ name: 'users', echo: logOnSpan, destination });
  inSpan('work', {}, () => {
    logger.info({ user: 7, password: 'correct horse' }, 'changed %s', 'a user');
    logger.warn('only words');
    logger.debug('not written, so not echoed');
    logger.error(new Error('out of order'));
  });
  logger.info('outside of any span');

  t.is(lines.length, 4);
  const [changed, words, failed, ...more] = tracing.spans[0]?.logs.map(({ fields }) => fields) ?? [];
  t.deepEqual(changed, {
    user: 7,
    password: '[redacted]',
    event: 'log',
    level: 'info',
    message: 'changed a user',
  });
  t.deepEqual(words, { event: 'log', level: 'warn', message: 'only words' });
  t.is(failed?.['level'], 'error');
  t.deepEqual(more, []);
});

test('a field that cannot be read costs the line its fields, and the application nothing', (t) => {
  const tracing = createMemoryTracing();
  const fields = {
    get user(): never {
      throw new Error('not loaded');
    },
  };
  inSpan('work', {}, () => logOnSpan({ level: 'info', message: 'changed', fields }));
  t.deepEqual(
    tracing.spans[0]?.logs.map(({ fields }) => fields),
    [{ event: 'log', level: 'info', message: 'changed' }],
  );
});
