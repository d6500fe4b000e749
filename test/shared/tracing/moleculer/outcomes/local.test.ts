/** Every outcome of the table, with callers and callees in one node. */
import { tryOutcomes } from './try-outcomes.ts';

tryOutcomes('local', async () => ({ connection: { transport: 'local' } }));
