/** Packages that are loaded when they are needed, and at once: an `import` loads them with the library, or later. */
import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';
import { getCallSites } from 'node:util';

let load: NodeJS.Require | undefined;

/** What a module of a package that is installed beside the library exports. */
export function loadPackage<Exported>(path: string): Exported {
  load ??= createRequire(ownFile());
  return load(path) as Exported;
}

/**
 * The file that this is in. Not by `import.meta`: what Jest or a bundler makes CommonJS of has none, and may not even be parsed
 * with it.
 */
function ownFile(): string {
  const [{ scriptName: file = '' } = {}] = getCallSites(1, { sourceMap: false });
  return isAbsolute(file) || file.startsWith('file:') ? file : join(process.cwd(), 'index.js');
}
