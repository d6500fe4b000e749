/** The avatars service as a real process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { startHttp } from '../../helpers/avatars.ts';

function spawnAvatars(t: ExecutionContext, env: Record<string, string>) {
  const child = spawn(process.execPath, ['services/avatars/main.ts'], {
    cwd: join(import.meta.dirname, '../../..'),
    env: { AVATARS_PORT: '0', LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

test('says where it listens, answers, and stops when it is told to, with its spans sent', async (t) => {
  const bodies: string[] = [];
  const collector = await startHttp(t, async (request, response) => {
    bodies.push(await text(request));
    response.writeHead(202).end();
  });
  const avatars = spawnAvatars(t, { JAEGER_ENDPOINT: `${collector}/api/traces` });
  const [{ name, url }] = await once(avatars, 'message');
  t.is(name, 'avatars');
  const response = await fetch(`${url}/avatars/ada`);
  t.is(response.status, 200);
  t.regex(response.headers.get('x-trace-id') ?? '', /^[0-9a-f]{32}$/);
  await response.text();
  avatars.kill('SIGTERM');
  t.deepEqual(await once(avatars, 'exit'), [0, null]);
  t.regex(bodies.join(), /GET \/avatars\/:id/);
});

for (const [title, env, expected] of [
  ['a bad variable', { AVATARS_PORT: 'x' }, /^The environment has a bad value:\n {2}AVATARS_PORT="x" .*\n$/],
  [
    'an address that is not its own',
    { AVATARS_HOST: '192.0.2.1' },
    /^The avatars service cannot listen .*AVATARS_HOST.*\n$/,
  ],
] as [string, Record<string, string>, RegExp][]) {
  test(`${title}: one message without a stack, and exit code 1`, async (t) => {
    const avatars = spawnAvatars(t, env);
    const said = avatars.stderr ? text(avatars.stderr) : '';
    t.is((await once(avatars, 'exit'))[0], 1);
    t.regex(await said, expected);
  });
}
