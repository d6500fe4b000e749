/** Claims a namespace and holds it, until `namespace.test.ts` ends it. */
import { claimNamespace } from '../../dev/namespace.ts';

const [root = '', tmp = ''] = process.argv.slice(2);
process.send?.(claimNamespace('mesh', { root, tmp }));
setInterval(() => {}, 60_000);
