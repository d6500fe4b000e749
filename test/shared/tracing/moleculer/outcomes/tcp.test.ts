/** Every outcome of the table over TCP, with callers and callees in processes of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryOutcomes } from './try-outcomes.ts';

await tryOutcomes('tcp', async () => {
  const tmp = mkdtempSync(join(tmpdir(), 'outcomes-'));
  return {
    connection: { transport: 'tcp', tmp },
    close: async () => rmSync(tmp, { recursive: true, force: true }),
  };
});
