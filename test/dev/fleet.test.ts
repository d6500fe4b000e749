import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import type { ChildPlan } from '../../dev/child.ts';
import { Fleet, type FleetDeadlines } from '../../dev/fleet.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { until } from '../helpers/until.ts';

/** A fleet of fakes, and what they write into their common diary. */
function createFleet(t: ExecutionContext, deadlines: FleetDeadlines = {}) {
  const diary = join(temporaryFolder(t), 'diary');
  const outputs: Promise<string>[] = [];
  const fleet = new Fleet({
    root: import.meta.dirname,
    ...deadlines,
    onStart: ({ output }) => outputs.push(...output.map((stream) => text(stream))),
  });
  t.teardown(() => fleet.kill());
  const plan = (name: string, ...habits: string[]): ChildPlan => ({
    name,
    args: [join(import.meta.dirname, 'fake-child.ts'), name, diary, ...habits],
    env: process.env,
  });
  return {
    fleet,
    plan,
    diary: () => diaryOf(diary),
    output: async () => (await Promise.all(outputs)).join(''),
  };
}

function diaryOf(path: string): string[] {
  return readFileSync(path, 'utf8').trim().split('\n');
}

const pidsOf = (diary: string[]) =>
  diary.flatMap((line) => line.match(/starts as (\d+)/)?.[1] ?? []).map(Number);

/** Whether a process runs; one that has ended and that nobody has fetched yet does not. */
function runs(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test('resolves with the words of all that have started', async (t) => {
  const { fleet, plan } = createFleet(t);
  const ready = await fleet.start([plan('hello'), plan('users')]);
  t.deepEqual(
    ready.map(({ url }) => url),
    ['http://hello', 'http://users'],
  );
  await fleet.stop();
});

test('stops in the opposite order, each group when the one before has ended', async (t) => {
  const { fleet, plan, diary } = createFleet(t);
  await fleet.start([plan('jaeger')]);
  await Promise.all([fleet.start([plan('hello')]), fleet.start([plan('gateway')])]);
  await fleet.stop();
  t.deepEqual(
    diary().filter((line) => !line.includes('starts')),
    [
      ...['gateway closes', 'gateway ends'],
      ...['hello closes', 'hello ends'],
      ...['jaeger closes', 'jaeger ends'],
    ],
  );
});

test('stops once, however often it is asked', async (t) => {
  const { fleet, plan, diary } = createFleet(t);
  await fleet.start([plan('hello')]);
  await Promise.all([fleet.stop(), fleet.stop()]);
  t.is(diary().filter((line) => line === 'hello closes').length, 1);
});

test('a child that does not start fails the start, with its reason in the output', async (t) => {
  const { fleet, plan, output } = createFleet(t);
  await t.throwsAsync(fleet.start([plan('users'), plan('hello', 'fails')]), {
    message: 'hello has ended (exit code 3), see its lines above',
  });
  await fleet.stop();
  t.is(await output(), 'port 1 is in use\n');
});

test('a child that is not ready in time fails the start', async (t) => {
  const { fleet, plan } = createFleet(t, { startMs: 1500 });
  await t.throwsAsync(fleet.start([plan('users'), plan('hello', 'is slow')]), {
    message: 'hello did not get ready within 1.5 s',
  });
  await fleet.stop();
});

test('a child that dies later is reported, and what is left still stops', async (t) => {
  const { fleet, plan, diary } = createFleet(t);
  await fleet.start([plan('hello')]);
  await fleet.start([plan('gateway')]);
  const [hello = 0] = pidsOf(diary());
  process.kill(hello, 'SIGKILL');
  await t.throwsAsync(fleet.lost, { message: /^hello has ended \(SIGKILL\)/ });
  await fleet.stop();
  t.true(diary().includes('gateway ends'));
});

test('children that stop because they were asked to are not lost', async (t) => {
  const { fleet, plan } = createFleet(t);
  await fleet.start([plan('hello')]);
  await fleet.stop();
  const first = await Promise.race([fleet.lost.catch(() => 'lost'), Promise.resolve('nothing')]);
  t.is(first, 'nothing');
});

test('a child that hangs is killed after its time, named, and holds up nobody else', async (t) => {
  const { fleet, plan, diary } = createFleet(t, { stopMs: 2500 });
  await fleet.start([plan('jaeger')]);
  await fleet.start([plan('gateway', 'hangs')]);
  await t.throwsAsync(fleet.stop(), { message: 'gateway did not stop in time and had to be killed' });
  t.true(diary().includes('jaeger ends'));
  t.false(pidsOf(diary()).some(runs));
});

test('kill ends all at once, and the stop says so', async (t) => {
  const { fleet, plan, diary } = createFleet(t);
  await fleet.start([plan('hello', 'hangs'), plan('users', 'hangs')]);
  const stopped = fleet.stop();
  fleet.kill();
  await t.throwsAsync(stopped, { message: /^stopped by force/ });
  t.false(pidsOf(diary()).some(runs));
});

test('no child starts once the fleet stops', async (t) => {
  const { fleet, plan } = createFleet(t);
  await fleet.stop();
  await t.throwsAsync(fleet.start([plan('hello')]), { message: /stopped while it was starting/ });
});

test('children live in process groups of their own', async (t) => {
  const { fleet, plan, diary } = createFleet(t);
  await fleet.start([plan('hello')]);
  const [pid = 0] = pidsOf(diary());
  const group = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[2];
  t.is(Number(group), pid);
  await fleet.stop();
});

test('when the launcher is killed, the children end by themselves and in order', async (t) => {
  const path = join(temporaryFolder(t), 'diary');
  const launcher = fork(join(import.meta.dirname, 'fake-launcher.ts'), [path]);
  t.teardown(() => launcher.kill('SIGKILL'));
  await once(launcher, 'message');
  launcher.kill('SIGKILL');
  await until(() => diaryOf(path).includes('jaeger ends'));

  const ends = diaryOf(path).filter((line) => line.endsWith(' ends'));
  t.deepEqual([ends[0], ends[3]], ['gateway ends', 'jaeger ends']);
  t.true(diaryOf(path).indexOf('gateway ends') < diaryOf(path).indexOf('hello closes'));
  await until(() => !pidsOf(diaryOf(path)).some(runs));
});
