/** A child as the launcher expects them, with nothing to do: `fleet.test.ts` starts several. */
import { appendFileSync } from 'node:fs';
import { startLifecycle } from '#shared/lifecycle.ts';

const [name = '', diary = '', ...habits] = process.argv.slice(2);
const note = (what: string) => appendFileSync(diary, `${name} ${what}\n`);

if (habits.includes('fails')) {
  process.stderr.write('port 1 is in use\n');
  process.exit(3);
}
note(`starts as ${process.pid}`);
const lifecycle = startLifecycle({
  close: async () => {
    note('closes');
    if (habits.includes('hangs')) await new Promise(() => {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    note('ends');
  },
});
setInterval(() => {}, 60_000);
if (!habits.includes('is slow')) lifecycle.announceReady({ name, url: `http://${name}` });
