/** What `npm start` prints: its own lines, and those of its children with their names in front. */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { styleText } from 'node:util';
import { createLineReader } from './log-line.ts';

/** Where lines go: a terminal, a pipe or a file. */
export interface OutputStream {
  write(text: string): unknown;
  isTTY?: boolean;
}

/** The terminal's view of all processes. */
export interface Output {
  /** Prints a line of the launcher's own. */
  say(line: string): void;
  /** Prints what a child writes, line by line, until it ends. */
  follow(name: string, stream: Readable): void;
}

/** Options of {@link createOutput}. */
export interface OutputOptions {
  stream: OutputStream;
  /** Lines up names that are shorter. */
  longestName: number;
  /** @default on a terminal */
  colored?: boolean;
}

const COLORS = ['cyan', 'magenta', 'yellow', 'green', 'blue', 'red'] as const;

/** Makes an output: readable log lines on a terminal, JSON lines as they come elsewhere, behind names in colours where wanted. */
export function createOutput(options: OutputOptions): Output {
  const { stream, longestName, colored = stream.isTTY === true } = options;
  const readable = stream.isTTY ? createLineReader(colored) : (line: string) => [line];
  const colors = new Map<string, (typeof COLORS)[number]>();

  const prefixOf = (name: string): string => {
    const prefix = `${name.padEnd(longestName)} |`;
    if (!colored) return prefix;
    const color = colors.get(name) ?? COLORS[colors.size % COLORS.length] ?? 'cyan';
    colors.set(name, color);
    return styleText(color, prefix, { validateStream: false });
  };

  return {
    say: (line) => stream.write(`${line}\n`),
    follow: (name, source) => {
      const prefix = prefixOf(name);
      createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
        for (const part of readable(line)) stream.write(`${prefix} ${part}\n`);
      });
    },
  };
}
