/** jaeger-client piece by piece: its main module would load its Thrift, its senders and their parsers too. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** A class of jaeger-client, by the path of its module below `dist/src`. */
export function partOfJaegerClient<Exported>(path: string): Exported {
  // Its modules import each other in circles, which only come out right when they are entered here.
  require('jaeger-client/dist/src/samplers/v2/sampling_state.js');
  return (require(`jaeger-client/dist/src/${path}.js`) as { default: Exported }).default;
}
