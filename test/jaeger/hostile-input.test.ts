/** Recorded bodies, damaged at random: whatever comes, the stand-in answers and goes on. */
import test from 'ava';
import { createRandom } from '../helpers/random.ts';
import { loadRecordedCases } from './recorded.ts';
import { startStandIn } from './stand-in.ts';

const ROUNDS = 1500;
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

test('damaged bodies are taken or refused, and everything that was taken can be read', async (t) => {
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
