/** The hello service, as the runner loads it. */
import type { ServiceSchema } from 'moleculer';
import { listen } from '#shared/contracts/events.ts';
import { helloContract } from '#shared/contracts/hello.ts';
import { implement } from '#shared/contracts/implement.ts';
import { greet, greetAgain, returnStrokes } from './hello.ts';

/** Greets, and notes in its log that others have tried it; keeps nothing. */
const helloService: ServiceSchema = {
  name: 'hello',
  actions: implement(helloContract, {
    greet,
    stream: greetAgain,
    pingpong: (_, __, strokes) => returnStrokes(strokes),
  }),
  events: listen({
    'user.tested'({ greeting }, { service }) {
      service?.logger.info(`heard that the users service was greeted: ${greeting}`);
    },
  }),
};

export default helloService;
