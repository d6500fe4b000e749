/** The process of `npm run trace`. */

import { colourDepthOf } from './trace-command/colours.ts';
import { runTraceCommand } from './trace-command/run-trace-command.ts';

// Whoever read may have enough: `... | head`.
process.stdout.on('error', () => process.exit());

process.exitCode = await runTraceCommand({
  args: process.argv.slice(2),
  env: process.env,
  terminalWidth: process.stdout.columns,
  colourDepth: colourDepthOf(process.stdout, process.env),
  write: (text) => process.stdout.write(`${text}\n`),
  writeError: (text) => process.stderr.write(`${text}\n`),
});
