/** The hello service, as the runner loads it. */
import type { ServiceSchema } from 'moleculer';
import { helloContract } from '#shared/contracts/hello.ts';
import { implement } from '#shared/contracts/implement.ts';
import { greet } from './hello.ts';

/** Greets; keeps nothing. */
const helloService: ServiceSchema = {
  name: 'hello',
  actions: implement(helloContract, { greet }),
};

export default helloService;
