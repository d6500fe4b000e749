import { inspect } from 'node:util';
import test from 'ava';
import { CodedError, ConfigError, InvalidFieldsError, RequestError } from '#shared/errors.ts';

test('an error has a stable code, its own name, and its cause', (t) => {
  const cause = new Error('deeper');
  const error = new InvalidFieldsError([{ field: 'email', message: 'must be an e-mail address' }], { cause });
  t.true(error instanceof CodedError && error instanceof RequestError && error instanceof Error);
  t.like(error, { name: 'InvalidFieldsError', code: 'VALIDATION_ERROR', status: 422, cause });
});

test('invalid fields are named once each in the message, and all problems are in the details', (t) => {
  const details = [
    { field: 'email', message: 'is missing' },
    { field: 'name', message: 'must be a text' },
    { field: 'name', message: 'must not be empty' },
  ];
  const error = new InvalidFieldsError(details);
  t.is(error.message, 'Some fields are not valid: email, name');
  t.deepEqual(error.details, details);
});

test('a config error is one block that names every variable, its value and what is allowed', (t) => {
  const error = new ConfigError([
    { name: 'PORT', value: '"abc"', allowed: 'a whole number' },
    { name: 'LOG_LEVEL', value: '"loud"', allowed: 'one of info, warn' },
  ]);
  t.is(error.code, 'CONFIG_INVALID');
  t.is(
    error.message,
    [
      'The environment has 2 bad values:',
      '  PORT="abc" must be a whole number',
      '  LOG_LEVEL="loud" must be one of info, warn',
    ].join('\n'),
  );
  t.notRegex(inspect(error), / at /);
});
