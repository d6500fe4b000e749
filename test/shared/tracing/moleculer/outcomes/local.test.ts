/** Every outcome of the table, with callers and callees in one node. */
import { tryOutcomes } from './try-outcomes.ts';

await tryOutcomes('local', async () => ({ connection: { transport: 'local' } }));
