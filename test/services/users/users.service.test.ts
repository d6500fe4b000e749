import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { Errors, ServiceBroker } from 'moleculer';
import { call } from '#shared/contracts/call.ts';
import { compileFields } from '#shared/contracts/fields.ts';
import { Greeting } from '#shared/contracts/hello.ts';
import { User, UserPage } from '#shared/contracts/users.ts';
import { ContractValidator } from '#shared/contracts/validator.ts';
import { ConfigError } from '#shared/errors.ts';
import { createAuditService } from '../../../services/audit/audit.service.ts';
import helloService from '../../../services/hello/hello.service.ts';
import { createUsersService } from '../../../services/users/users.service.ts';
import { startNode } from '../../helpers/broker-node.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const ada = { name: 'Ada', email: 'ada@example.org', password: 'analytical engine' };

test('keeps a user and gives him back, by id and in a list', async (t) => {
  const broker = await startNode(t, [createUsersService({ USERS_DB: ':memory:' })]);
  const user = await call(broker, 'users.create', ada);
  t.regex(user.id, /^[0-9a-f-]{36}$/);
  t.deepEqual(Object.keys(user).sort(), ['createdAt', 'email', 'id', 'name']);
  t.like(await call(broker, 'users.get', { id: user.id }), user);
  t.like(await call(broker, 'users.list', { page: 1 }), { page: 1, pageSize: 20, total: 1 });
});

test('answers are what the contract says', async (t) => {
  const broker = await startNode(t, [createUsersService({ USERS_DB: ':memory:' }), helloService]);
  const user = await call(broker, 'users.create', ada);
  t.deepEqual(compileFields(User)(user), []);
  t.deepEqual(compileFields(User)(await call(broker, 'users.get', { id: user.id })), []);
  t.deepEqual(compileFields(UserPage)(await call(broker, 'users.list', {})), []);
  t.deepEqual(compileFields(Greeting)(await call(broker, 'users.test', {})), []);
});

test("errors of the request have our code as Moleculer's type", async (t) => {
  const broker = await startNode(t, [createUsersService({ USERS_DB: ':memory:' })]);
  await call(broker, 'users.create', ada);
  const taken = await t.throwsAsync(call(broker, 'users.create', ada));
  t.like(taken, { code: 409, type: 'EMAIL_TAKEN', data: [{ field: 'email', message: 'is taken' }] });
  const nobody = await t.throwsAsync(call(broker, 'users.get', { id: 'x' }));
  t.like(nobody, { code: 404, type: 'USER_NOT_FOUND' });
});

const badUsers: [string, object, string[]][] = [
  ['nothing', {}, ['name', 'email', 'password']],
  ['a short password', { ...ada, password: '123456789' }, ['password']],
  ['a password without end', { ...ada, password: 'x'.repeat(1001) }, ['password']],
  ['no e-mail address', { ...ada, email: 'ada' }, ['email']],
  ['an e-mail address with a line break', { ...ada, email: 'ada@example.org\n' }, ['email']],
  ['an e-mail address with NUL', { ...ada, email: 'ada\0@example.org' }, ['email']],
  ['a name of blanks', { ...ada, name: '  ' }, ['name']],
  ['an id of its own', { ...ada, id: '1', isAdmin: true }, ['id', 'isAdmin']],
];
for (const [title, user, expected] of badUsers) {
  test(`a user with ${title} is refused`, async (t) => {
    const broker = await startNode(t, [createUsersService({ USERS_DB: ':memory:' })]);
    const error = await t.throwsAsync<Errors.ValidationError>(broker.call('users.create', user), {
      instanceOf: Errors.ValidationError,
    });
    t.deepEqual(
      error?.data.map(({ field }: { field: string }) => field),
      expected,
    );
  });
}

test('the test action greets by way of the hello service', async (t) => {
  const broker = await startNode(t, [createUsersService({ USERS_DB: ':memory:' }), helloService]);
  t.deepEqual(await call(broker, 'users.test', {}), { greeting: 'Hello, users!' });
});

test('without the hello service the test action says so', async (t) => {
  const broker = await startNode(t, [createUsersService({ USERS_DB: ':memory:' })]);
  await t.throwsAsync(call(broker, 'users.test', {}), { instanceOf: Errors.ServiceNotFoundError });
});

test('a bad variable ends the creation of the service, not its import', (t) => {
  const broker = new ServiceBroker({ logger: false, validator: new ContractValidator() });
  const service = createUsersService({ USERS_DB: 'data/' });
  t.throws(() => broker.createService(service), { instanceOf: ConfigError, message: /USERS_DB/ });
});

test('closes its file when it stops', async (t) => {
  const path = join(temporaryFolder(t), 'users.sqlite');
  const broker = await startNode(t, [createUsersService({ USERS_DB: path })]);
  t.true(existsSync(`${path}-wal`));
  await broker.stop();
  t.false(existsSync(`${path}-wal`), 'the last connection takes the log with it');
});

test('two nodes share a file', async (t) => {
  const env = { USERS_DB: join(temporaryFolder(t), 'users.sqlite') };
  const [one, two] = [
    await startNode(t, [createUsersService(env)]),
    await startNode(t, [createUsersService(env)]),
  ];
  const user = await call(one, 'users.create', ada);
  t.like(await call(two, 'users.get', { id: user.id }), user);
  await t.throwsAsync(call(two, 'users.create', ada), { message: /e-mail/ });
});

test('what happens to users is told to those who listen, by id alone', async (t) => {
  const broker = await startNode(t, [createUsersService({ USERS_DB: ':memory:' }), createAuditService()]);
  const { id } = await call(broker, 'users.create', ada);
  await call(broker, 'users.auth', { email: ada.email, password: ada.password });
  await call(broker, 'users.update', { id, name: 'Countess' });
  await call(broker, 'users.remove', { id });
  const { items } = await call(broker, 'audit.list', {});
  t.deepEqual(
    items.map(({ event, payload }) => [event, payload]),
    ['user.removed', 'user.updated', 'user.signed-in', 'user.created'].map((event) => [event, { id }]),
  );
});

test('what fails is told to nobody', async (t) => {
  const broker = await startNode(t, [createUsersService({ USERS_DB: ':memory:' }), createAuditService()]);
  await t.throwsAsync(call(broker, 'users.auth', { email: ada.email, password: 'x' }), {
    code: 401,
  } as never);
  await t.throwsAsync(call(broker, 'users.update', { id: 'x', name: 'y' }), { code: 404 } as never);
  await t.throwsAsync(call(broker, 'users.remove', { id: 'x' }), { code: 404 } as never);
  t.deepEqual(await call(broker, 'audit.list', {}), { items: [] });
});

test('answers a ping', async (t) => {
  const broker = await startNode(t, [createUsersService({ USERS_DB: ':memory:' })]);
  t.deepEqual(await call(broker, 'users.ping', {}), { pong: true });
});
