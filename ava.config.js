/** The tests of `npm test`. */
import { join } from 'node:path';

export default {
  extensions: ['ts'],
  files: ['test/**/*.test.ts'],
  timeout: '60s',
  workerThreads: false,
  // One more than the cores of a small machine: those that wait for processes and servers leave theirs to others.
  concurrency: 3,
  // Each file is a process, which would compile the library anew.
  environmentVariables: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/node') },
};
