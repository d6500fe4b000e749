/** The main module of a process with nodes of the mesh: see node-process.ts. */
import { serveNodes } from './node-process.ts';
import { servicesThere } from './table.ts';

await serveNodes(JSON.parse(process.argv[2] ?? '{}'), servicesThere);
