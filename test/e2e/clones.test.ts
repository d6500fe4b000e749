/** Two clones on one machine that find the same NATS, which nobody has told them about. */
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { natsTest, startNats } from '../helpers/nats.ts';
import { startEverything } from '../helpers/npm-start.ts';
import { descendantsOf, ROOT } from '../helpers/processes.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { picture, readTrace, tagsOf, USER_TEST } from '../helpers/traces.ts';

/** A copy of what `npm start` runs, in a folder of this name; the packages are the same. */
function makeClone(t: ExecutionContext, name = 'tracemesh'): string {
  const root = join(temporaryFolder(t), name);
  for (const part of ['gateway', 'jaeger', 'services', 'shared', 'moleculer.config.ts', 'package.json']) {
    cpSync(join(ROOT, part), join(root, part), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  return root;
}

natsTest('clones that merely found the same NATS do not see each other', async (t) => {
  const { port } = await startNats(t);
  const clones = await Promise.all(
    [makeClone(t), makeClone(t)].map((root) =>
      startEverything(t, { command: ['node', 'test/e2e/launch-clone.ts', root, String(port)] }),
    ),
  );
  const namespaces = await Promise.all(
    clones.map(async ({ launcher }) => (await launcher.line(/namespace (tracemesh-[0-9a-f]{8}),/))[1]),
  );
  t.is(new Set(namespaces).size, 2);

  for (const { launcher, gatewayUrl, queryUrl } of clones) {
    const pids = descendantsOf(launcher.pid).map(String);
    const traces = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const { headers } = await fetch(`${gatewayUrl}/user/test`);
        return readTrace(queryUrl, headers.get('x-trace-id') ?? '', { spans: USER_TEST.spans });
      }),
    );
    for (const tree of traces) {
      t.is(picture(tree), USER_TEST.picture);
      for (const operation of ['users.test', 'hello.greet']) {
        const node = String(tagsOf(tree, operation, 'server')['moleculer.node']);
        t.true(pids.includes(/-(\d+)@/.exec(node)?.[1] ?? ''), `${node} is not of this clone`);
      }
    }
  }
});

test('a clone may lie in a folder whose name looks like a pattern', async (t) => {
  const root = makeClone(t, 'mesh [1] {a,b} !(c)');
  const { gatewayUrl } = await startEverything(t, {
    command: ['node', 'test/e2e/launch-clone.ts', root, '1'],
  });
  t.is((await fetch(`${gatewayUrl}/user/test`)).status, 200);
});
