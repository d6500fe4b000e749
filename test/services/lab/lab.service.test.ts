import test from 'ava';
import { ServiceBroker } from 'moleculer';
import { ContractValidator } from '#shared/contracts/validator.ts';
import { ConfigError } from '#shared/errors.ts';
import { runnerArgs } from '../../../dev/services.ts';
import { createLabService } from '../../../services/lab/lab.service.ts';
import { startProcess } from '../../helpers/processes.ts';

test('in production there is no lab, whoever tries to create it', (t) => {
  const broker = new ServiceBroker({ logger: false, validator: new ContractValidator() });
  const lab = createLabService({ NODE_ENV: 'production' });
  t.throws(() => broker.createService(lab), { instanceOf: ConfigError, message: /NODE_ENV="production"/ });
});

test('a node that is to run it in production ends, and says why', async (t) => {
  const node = startProcess(t, ['node', ...runnerArgs('services/lab')], { env: { NODE_ENV: 'production' } });
  t.is((await node.ended).code, 1);
  t.regex(node.output(), /NODE_ENV="production" must be anything but production for the lab/);
});
