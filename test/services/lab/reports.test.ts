import test, { type ExecutionContext } from 'ava';
import { call } from '#shared/contracts/call.ts';
import { REGIONS } from '#shared/contracts/lab.ts';
import { resilience } from '#shared/resilience.ts';
import { createLabService } from '../../../services/lab/lab.service.ts';
import { startNode } from '../../helpers/broker-node.ts';
import { until } from '../../helpers/until.ts';

/** A lab whose reports are rendered when the test says so, and how many wait for that. */
async function startLab(t: ExecutionContext) {
  const waiting: (() => void)[] = [];
  const wait = () => new Promise<void>((resolve) => waiting.push(resolve));
  const broker = await startNode(t, [createLabService({}, { wait })], resilience);
  return { broker, waiting };
}

for (const [cured, places] of [
  [false, 1],
  [true, 6],
] as const) {
  test(`cured: ${cured}, reports are rendered ${places} at a time`, async (t) => {
    const { broker, waiting } = await startLab(t);
    const answer = call(broker, 'lab.renderReports', { cured });
    for (let rendered = 0; rendered < REGIONS.length; rendered += places) {
      await until(() => waiting.length > 0);
      t.is(waiting.length, places);
      for (const finish of waiting.splice(0)) finish();
    }
    t.deepEqual(await answer, { reports: [...REGIONS] });
  });
}

test('who finds no room in the queue hears so at once, and all others are answered', async (t) => {
  const { broker, waiting } = await startLab(t);
  const answers = Array.from({ length: 21 }, () => call(broker, 'lab.renderReports', {}));
  await t.throwsAsync(Promise.all(answers), { message: /queue/i });

  const settled = Promise.allSettled(answers);
  let rendered = 0;
  await until(() => {
    for (const finish of waiting.splice(0)) {
      finish();
      rendered++;
    }
    return rendered === 121; // one that ran, and the 120 that waited
  });
  t.is((await settled).filter(({ status }) => status === 'fulfilled').length, 20);
});
