/** What a README says that a terminal shows: its ```console blocks, and whether a terminal really shows that. */

/** A command, and what the README prints below it. */
export interface ConsoleCommand {
  command: string;
  shown: readonly string[];
}

/** The commands of all console blocks, in their order. */
export function consoleCommands(markdown: string): ConsoleCommand[] {
  const blocks = [...markdown.matchAll(/^```console\n(.*?)^```$/gms)].map(([, block = '']) => block);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((text) => {
        const [command = '', ...shown] = text.trimEnd().split('\n');
        return { command, shown };
      }),
  );
}

/**
 * Whether this is what was printed. Durations, the bars of a trace and ids differ from run to run; `...` stands for any
 * lines that were left out, and `⋮  17 more` for exactly seventeen.
 */
export function isShown(shown: readonly string[], printed: string): boolean {
  const lines = shown.map((line) => {
    if (/^\.{3}$/.test(line)) return '(?:.*\\n)*?';
    const left = /^ *⋮ {2}(\d+) more$/.exec(line)?.[1];
    return left === undefined ? `${RegExp.escape(withoutChance(line))}\\n` : `(?:.*\\n){${left}}`;
  });
  const text = printed.trimEnd().split('\n').map(withoutChance).join('\n');
  return new RegExp(`^${lines.join('')}$`).test(`${text}\n`);
}

/** A line of which only that is left which is the same in every run. */
export function withoutChance(line: string): string {
  return line
    .replace(/ *[━╺╸╍]*$/, '')
    .replace(/ {2,}([a-z]+)? *(\d[\d.]* (?:µs|ms|s))$/, ' $1 <time>')
    .replaceAll(/(?<=· )\d[\d.]* (?:µs|ms|s)(?= ·)/g, '<time>')
    .replaceAll(/(?<=· (?:queued|late by) )\d[\d.]* (?:µs|ms|s)\b/g, '<time>')
    .replaceAll(/\b[0-9a-f]{32}\b/g, '<id>');
}
