import test from 'ava';
import Type from 'typebox';
import { fields } from '#shared/contracts/contract.ts';
import { compileFields, createFieldsReader } from '#shared/contracts/fields.ts';
import { InvalidFieldsError } from '#shared/errors.ts';

const named = { name: Type.String({ minLength: 1 }) };

test('a good value has no problems, and is answered as it is', (t) => {
  const value = { name: 'Ada' };
  t.deepEqual(compileFields(fields(named))(value), []);
  t.is(createFieldsReader(fields(named))(value), value);
});

test('a bad value is refused with its fields', (t) => {
  const error = t.throws(() => createFieldsReader(fields(named))({}), { instanceOf: InvalidFieldsError });
  t.deepEqual(error?.details, [{ field: 'name', message: 'is required' }]);
});

test('a schema that is open takes fields that it does not know', (t) => {
  const check = compileFields(Type.Object(named));
  t.deepEqual(check({ name: 'Ada', more: 1 }), []);
  t.deepEqual(
    check({ name: '', more: 1 }).map(({ field }) => field),
    ['name'],
  );
});

test('a schema may have come as JSON, without what TypeBox knows of it', (t) => {
  const check = compileFields(JSON.parse(JSON.stringify(fields(named))));
  t.deepEqual(check({ name: 'Ada' }), []);
  t.deepEqual(
    check({ nam: 'Ada' }).map(({ field }) => field),
    ['name', 'nam'],
  );
});
