/** The README's story of four faults, told again by the commands that it names. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { consoleCommands, isShown, withoutChance } from '../helpers/console-blocks.ts';
import { testNeeding } from '../helpers/needs.ts';
import { type Started, startEverything } from '../helpers/npm-start.ts';
import { ROOT, startProcess } from '../helpers/processes.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const [, story = ''] = /^### Four faults to find\n(.*?)^### /ms.exec(readme) ?? [];
const commands = consoleCommands(story);

let mesh: Started;
const closers: (() => unknown)[] = [];
const owner = { teardown: (close: () => unknown) => closers.push(close) };
test.before(async () => {
  mesh = await startEverything(owner, { command: ['node', 'dev.ts'] });
});
test.after.always(async () => {
  for (const close of closers.reverse()) await close();
});

test('the story asks each route of the lab for its fault, and for its cure', (t) => {
  const asked = commands.flatMap(({ command }) => /\/lab\/[^']*/.exec(command) ?? []);
  const routes = ['n-plus-one', 'serial', 'pool', 'retry-storm'].map((name) => `/lab/${name}`);
  t.deepEqual(new Set(asked), new Set(routes.flatMap((route) => [route, `${route}?cured=true`])));
});

for (const { command, shown } of commands) {
  testNeeding('curl')(`the README is right about ${command}`, async (t) => {
    const here = command.replaceAll('127.0.0.1:3000', new URL(mesh.gatewayUrl).host);
    const env = { JAEGER_QUERY_URL: mesh.queryUrl, NO_COLOR: '1' };
    const run = startProcess(t, ['sh', '-c', here], { env });
    t.deepEqual(await run.ended, { code: 0, signal: null }, run.output());
    if (isShown(shown, run.output())) t.pass();
    else t.deepEqual(run.output().trimEnd().split('\n').map(withoutChance), shown.map(withoutChance));
  });
}
