import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { claimNamespace } from '../../dev/namespace.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

/** Another process that claims the same, and holds it while it lives. */
async function startClaimant(t: ExecutionContext, root: string, tmp: string) {
  const child = fork(join(import.meta.dirname, 'claimant.ts'), [root, tmp]);
  t.teardown(() => child.kill('SIGKILL'));
  const [namespace] = (await once(child, 'message')) as [string];
  return { child, namespace };
}

test('the first gets what it wants, whoever comes beside it one of its own', async (t) => {
  const tmp = temporaryFolder(t);
  const first = await startClaimant(t, '/a', tmp);
  t.is(first.namespace, 'mesh');
  t.is(claimNamespace('mesh', { root: '/a', tmp }), `mesh-${process.pid}`);
});

test('another folder, or another namespace, is nobody else', async (t) => {
  const tmp = temporaryFolder(t);
  await startClaimant(t, '/a', tmp);
  t.is(claimNamespace('mesh', { root: '/b', tmp }), 'mesh');
  t.is(claimNamespace('other', { root: '/a', tmp }), 'other');
});

test('what a killed process had claimed can be had again', async (t) => {
  const tmp = temporaryFolder(t);
  const { child } = await startClaimant(t, '/a', tmp);
  child.kill('SIGKILL');
  await once(child, 'exit');
  t.is(claimNamespace('mesh', { root: '/a', tmp }), 'mesh');
});
