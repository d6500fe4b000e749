import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { LoopbackNodes } from '#shared/loopback-nodes.ts';

function createTmp(t: ExecutionContext): string {
  const tmp = mkdtempSync(join(tmpdir(), 'loopback-nodes-'));
  t.teardown(() => rmSync(tmp, { recursive: true }));
  return tmp;
}

function createNodes(t: ExecutionContext, { namespace = 'n', root = '/a', tmp = createTmp(t) } = {}) {
  const nodes = new LoopbackNodes({ namespace, root, tmp });
  nodes.open();
  return { nodes, tmp, folder: join(tmp, readdirSync(tmp)[0] ?? '') };
}

const node = (id: string, pid = process.pid) => ({ id, pid, port: 4711, pass: 'secret' });

test('a node that is written down is found, among the living too', (t) => {
  const { nodes } = createNodes(t);
  nodes.add(node('users-1@host/../x'));
  t.deepEqual(nodes.find('users-1@host/../x'), node('users-1@host/../x'));
  t.deepEqual(nodes.living(), [node('users-1@host/../x')]);
});

test('a node that is taken away is found no more, and may be taken away twice', (t) => {
  const { nodes } = createNodes(t);
  nodes.add(node('users'));
  nodes.remove('users');
  nodes.remove('users');
  t.is(nodes.find('users'), undefined);
});

for (const [title, other] of [
  ['namespace', { namespace: 'm' }],
  ['folder', { root: '/b' }],
] as const) {
  test(`a node of another ${title} is not found`, (t) => {
    const { nodes, tmp } = createNodes(t);
    nodes.add(node('users'));
    const others = createNodes(t, { tmp, ...other }).nodes;
    t.deepEqual(others.living(), []);
    t.is(others.find('users'), undefined);
  });
}

test('what a dead process has left is taken away', (t) => {
  const { nodes, folder } = createNodes(t);
  const dead = spawnSync(process.execPath, ['--version']).pid;
  nodes.add(node('dead', dead));
  nodes.add(node('alive'));
  t.deepEqual(nodes.living(), [node('alive')]);
  t.is(readdirSync(folder).length, 1);
});

test('files that no node has written are passed over', (t) => {
  const { nodes, folder } = createNodes(t);
  nodes.add(node('users'));
  const prefix = readdirSync(folder)[0]?.split('.')[0];
  for (const [name, text] of [
    ['half', '{"id":'],
    ['empty', ''],
    ['null', 'null'],
    ['bare', '{"id":"x"}'],
    ['%', '{"id":"x","pid":"1","port":{},"pass":1}'],
  ]) {
    writeFileSync(join(folder, `${prefix}.${name}.json`), text ?? '');
  }
  t.deepEqual(nodes.living(), [node('users')]);
});

test('only its user can read the folder and the files in it', (t) => {
  const { nodes, folder } = createNodes(t);
  nodes.add(node('users'));
  t.is(statSync(folder).mode & 0o777, 0o700);
  t.is(statSync(join(folder, readdirSync(folder)[0] ?? '')).mode & 0o777, 0o600);
});

test('a folder that others can read is refused', (t) => {
  const { nodes, folder } = createNodes(t);
  chmodSync(folder, 0o755);
  t.throws(() => nodes.open(), { message: /is open to others: remove it/ });
});

test('a link in the place of the folder is refused', (t) => {
  const { nodes, folder, tmp } = createNodes(t);
  rmSync(folder, { recursive: true });
  mkdirSync(join(tmp, 'elsewhere'), { mode: 0o700 });
  symlinkSync(join(tmp, 'elsewhere'), folder);
  t.throws(() => nodes.open(), { message: /is open to others/ });
});
