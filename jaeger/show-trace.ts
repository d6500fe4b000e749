/** The process of `npm run trace`. */

import type { ColourDepth } from './trace-command/colours.ts';
import { runTraceCommand } from './trace-command/run-trace-command.ts';

// Whoever read may have enough: `... | head`.
process.stdout.on('error', () => process.exit());

process.exitCode = await runTraceCommand({
  args: process.argv.slice(2),
  env: process.env,
  terminalWidth: process.stdout.columns,
  colourDepth: colourDepth(),
  write: (text) => process.stdout.write(`${text}\n`),
  writeError: (text) => process.stderr.write(`${text}\n`),
});

/** None with NO_COLOR (https://no-color.org), 256 with FORCE_COLOR, else as many as the terminal has, if it is one. */
function colourDepth(): ColourDepth {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (NO_COLOR) return 1;
  if (FORCE_COLOR) return 8;
  return process.stdout.isTTY ? (process.stdout.getColorDepth() as ColourDepth) : 1;
}
