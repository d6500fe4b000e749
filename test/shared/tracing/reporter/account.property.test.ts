/** Whatever happens, in whatever order: every span that was given is sent, dropped, queued or spooled. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { createHttpReporter, type Reporter } from '#shared/tracing/reporter/reporter.ts';
import { type SpoolDisk, systemDisk } from '#shared/tracing/reporter/spool-disk.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';
import { until } from '../../../helpers/until.ts';
import {
  accept,
  answer,
  batch,
  garble,
  hang,
  hangAfterHead,
  loseAnswer,
  reset,
  startCollector,
} from './collector.ts';
import { ManualClock } from './manual-clock.ts';
import { passTimeFor } from './pass-time.ts';

const BEHAVIOURS = [
  accept,
  accept,
  answer(400),
  answer(500),
  answer(503, { 'retry-after': '3' }),
  garble,
  hang,
  hangAfterHead,
  loseAnswer,
  reset,
];
const STEPS = 250;
const QUEUE_BYTES = 100_000;
const BATCH_BYTES = 10_000;

for (let seed = 1; seed <= 6; seed += 1)
  for (const spools of [false, true])
    test(`the account is right ${spools ? 'with' : 'without'} a spool, sequence ${seed}`, async (t) => {
      const random = createRandom(seed);
      const clock = new ManualClock();
      const collector = await startCollector(t);
      const broken = createBreakableDisk();
      const createReporter = () =>
        createHttpReporter({
          endpoint: collector.endpoint,
          contentType: 'application/x-thrift',
          clock,
          random,
          maxQueueBytes: QUEUE_BYTES,
          maxSpoolBytes: 300_000,
          spoolDir: spools ? folder : undefined,
          disk: broken.disk,
        });
      const folder = join(temporaryFolder(t), 'spool');
      const reporter = createReporter();
      let given = 0;
      const actions: (() => unknown)[] = [
        () => {
          const bytes = 100 + Math.floor(random() * BATCH_BYTES);
          reporter.send(batch(given, { spans: 1, bytes }));
          given += 1;
        },
        () => clock.advance(Math.floor(random() * 20_000)),
        () => clock.advance(clock.nextInMs ?? 0),
        () => nextTurn(),
        () => {
          collector.behave = BEHAVIOURS[Math.floor(random() * BEHAVIOURS.length)] ?? accept;
        },
        () => random() < 0.2 && reporter.saveNow(),
        () => {
          broken.isBroken = random() < 0.3;
        },
        () => random() < 0.1 && collector.close().then(() => collector.open()),
      ];
      for (let step = 0; step < STEPS; step += 1) {
        // Every other step gives a batch: most of the others let time pass.
        await actions[step % 2 === 0 ? 0 : Math.floor(random() * actions.length)]?.();
        checkAccount(t, reporter);
        t.true(reporter.stats().queued.bytes <= QUEUE_BYTES + 2 * BATCH_BYTES);
      }

      broken.isBroken = false;
      collector.behave = random() < 0.5 ? accept : hang;
      const { sent, dropped, spooled } = await passTimeFor(reporter.close({ deadlineMs: 1_000 }), clock);
      checkAccount(t, reporter);
      t.is(sent + dropped + spooled, given);

      collector.behave = accept;
      const successor = createReporter();
      successor.send(batch('last'));
      await until(() => {
        clock.advance(10_000);
        const isSpoolEmpty = !existsSync(folder) || readdirSync(folder).length === 0;
        return isSpoolEmpty && collector.arrived.has('last') && successor.stats().queued.spans === 0;
      });
      const { recovered } = successor.stats();
      checkAccount(t, successor);
      t.is(recovered, spooled);
      const missing = given - (collector.arrived.size - 1);
      t.true(missing <= dropped, `${missing} are missing, ${dropped} counted as dropped`);
      t.true(collector.mostOpen <= 2, `${collector.mostOpen} requests open`);
      await successor.close({ deadlineMs: 0 });
      t.is(clock.timers, 0);
    });

function checkAccount(t: ExecutionContext, reporter: Reporter): void {
  const { given, recovered, sent, dropped, droppedBy, queued, spooled } = reporter.stats();
  t.is(given + recovered, sent + dropped + queued.spans + spooled);
  t.is(
    dropped,
    Object.values(droppedBy).reduce((sum, count) => sum + count, 0),
  );
}

/** A disk that is full whenever a test says so. */
function createBreakableDisk(): { disk: SpoolDisk; isBroken: boolean } {
  const breakable = {
    isBroken: false,
    disk: {
      ...systemDisk,
      async write(path: string, parts: readonly Uint8Array[]) {
        breakable.check();
        await systemDisk.write(path, parts);
      },
      writeNow(path: string, parts: readonly Uint8Array[]) {
        breakable.check();
        systemDisk.writeNow(path, parts);
      },
    },
    check() {
      if (breakable.isBroken) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
    },
  };
  return breakable;
}

/** Numbers from 0 up to 1, the same ones for the same seed (a linear congruential generator, MINSTD). */
function createRandom(seed: number): () => number {
  let state = seed * 16_807;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
