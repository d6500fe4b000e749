/** Recorded bodies, damaged at random: whatever comes, the stand-in answers and goes on. */
import test from 'ava';
import { REF_TYPE } from '../../jaeger/thrift/jaeger-batch.ts';
import { createRandom } from '../helpers/random.ts';
import { loadRecordedCases } from './recorded.ts';
import { batchOf } from './spans.ts';
import { startStandIn } from './stand-in.ts';
import { tag } from './thrift-writer.ts';

const ROUNDS = 800;
const bodies = loadRecordedCases()
  .flatMap(({ posts }) => posts.map(({ body }) => body))
  .filter((body) => body.length < 5000);

/** A copy with some bits turned over, some bytes replaced by telling ones, and perhaps cut short. */
function damaged(body: Uint8Array<ArrayBuffer>, random: () => number): Uint8Array<ArrayBuffer> {
  const copy = body.slice();
  const at = () => Math.floor(random() * copy.length);
  for (let count = Math.floor(random() * 6); count > 0; count--) {
    const index = at();
    copy[index] = random() < 0.5 ? (copy[index] ?? 0) ^ (1 << Math.floor(random() * 8)) : telling(random);
  }
  return random() < 0.3 ? copy.slice(0, at()) : copy;
}

function telling(random: () => number): number {
  const bytes = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x0b, 0x0c, 0x0f];
  return bytes[Math.floor(random() * bytes.length)] ?? 0;
}

test.serial('damaged bodies are taken or refused, and everything that was taken can be read', async (t) => {
  const random = createRandom(20_260_101);
  const standIn = await startStandIn(t);
  const statuses = new Map<number, number>();
  for (let round = 0; round < ROUNDS; round++) {
    const body = damaged(bodies[Math.floor(random() * bodies.length)] ?? new Uint8Array(), random);
    const { status } = await standIn.post(body);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  t.deepEqual([...statuses.keys()].sort(), [202, 400]);
  for (const [traceId] of standIn.store.latest(ROUNDS)) {
    for (const path of [`/api/traces/${traceId}`, `/api/traces/${traceId}?raw=true`]) {
      const answer = await standIn.get(path);
      // A damaged double may be no number, on which Jaeger fails, too.
      if (answer.status !== 500) t.is(answer.status, 200, `${path}: ${await answer.clone().text()}`);
      else t.regex(await answer.text(), /json: unsupported value/);
    }
    t.is((await standIn.get(`/trace/${traceId}`)).status, 200, traceId);
  }
  t.is((await standIn.get('/')).status, 200);
});

const many = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));
const [ordinary] = batchOf(1n, 'shop', [{ id: 7, operation: 'op' }]).spans;
if (ordinary === undefined) throw new Error('no span');
const reference = { refType: REF_TYPE.followsFrom, traceIdLow: 1n, traceIdHigh: 0n, spanId: 9n };

// Where work or memory grew with the square of the size, these would take minutes or end the process.
for (const [title, processTags, spans] of [
  ['spans of one id', [], many(20_000, (index) => ({ operationName: `${index}` }))],
  [
    'spans of a large process',
    [tag('large', 'x'.repeat(1_000_000))],
    many(2_000, (index) => ({ operationName: `${index}` })),
  ],
  ['circles', [], many(20_000, (index) => ({ spanId: BigInt(index), parentSpanId: BigInt(index) }))],
  ['references to the parent', [], [{ parentSpanId: 9n, references: many(200_000, () => reference) }]],
  ['references to nowhere', [], [{ references: many(200_000, () => ({ ...reference, traceIdLow: 0n })) }]],
] as const) {
  test.serial(`very many ${title} are taken and shown`, async (t) => {
    const standIn = await startStandIn(t);
    await standIn.take({
      process: { serviceName: 'shop', tags: [...processTags] },
      spans: spans.map((span) => ({ ...ordinary, ...span })),
    });
    for (const path of ['/api/traces/1', '/trace/1', '/']) t.is((await standIn.get(path)).status, 200);
  });
}
