/** A process with nothing but a life: `lifecycle.test.ts` starts it and ends it in every way there is. */
import { startLifecycle } from '#shared/lifecycle.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);
const [closing = 'closes', deadlineMs = '5000'] = process.argv.slice(2);

if (closing === 'starts late') {
  say('loads');
  while (process.connected) await new Promise((resolve) => setTimeout(resolve, 5));
}
const lifecycle = startLifecycle({
  deadlineMs: Number(deadlineMs),
  logger: {
    info: say,
    error: (fields, message) => say(`${message}: ${(fields as { err: Error }).err.message}`),
  },
  close: async (reason) => {
    say(`closing on ${reason}`);
    if (closing === 'hangs') await new Promise(() => {});
    if (closing === 'fails') throw new Error('the drain broke');
    if (closing === 'takes a while') await new Promise((resolve) => setTimeout(resolve, 300));
    say('closed');
  },
});

setInterval(() => {}, 60_000); // as a server would, keeps the process going
lifecycle.announceReady({ name: 'child', url: 'http://127.0.0.1:1' });
say('serves');
