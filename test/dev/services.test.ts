import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import { findServices } from '../../dev/services.ts';
import { ROOT } from '../helpers/processes.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

test('every folder with something for the runner is a service, once', (t) => {
  const root = temporaryFolder(t);
  for (const file of [
    'users/users.service.ts',
    'users/more.service.ts',
    'hello/hello.service.ts',
    'notes/notes.ts',
  ]) {
    mkdirSync(dirname(join(root, 'services', file)), { recursive: true });
    writeFileSync(join(root, 'services', file), '');
  }
  t.deepEqual(findServices(root), [
    { name: 'hello', path: 'services/hello' },
    { name: 'users', path: 'services/users' },
  ]);
});

test('production has every service but the lab', (t) => {
  const names = (options?: { isProduction: boolean }) => findServices(ROOT, options).map(({ name }) => name);
  t.true(names().includes('lab'));
  t.deepEqual(
    names({ isProduction: true }),
    names().filter((name) => name !== 'lab'),
  );
});
