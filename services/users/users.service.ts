/** The users service, as the runner loads it. */
import type { ServiceSchema } from 'moleculer';
import { type Environment, loadUsersConfig, type UsersConfig } from '#shared/config.ts';
import { call } from '#shared/contracts/call.ts';
import { emit, listen } from '#shared/contracts/events.ts';
import { implement } from '#shared/contracts/implement.ts';
import { usersContract } from '#shared/contracts/users.ts';
import { createPictures } from './pictures.ts';
import { forgetUser, rememberedUser } from './remembered-users.ts';
import { createUsers, type Users } from './users.ts';
import { type OpenUsersStore, openUsersStore } from './users-store.ts';

/** Hashes run in the four threads of Node's pool: more at once would only wait there, where no trace shows it. */
const HASHING = { bulkhead: { enabled: true, concurrency: 4, maxQueueSize: 1000 } };

/** A users service that reads its environment when it is created, and holds its file open while it is started. */
export function createUsersService(env: Environment): ServiceSchema {
  let config: UsersConfig;
  let store: OpenUsersStore;
  let users: Users;

  return {
    name: 'users',
    actions: implement(
      usersContract,
      {
        async create(newUser, ctx) {
          const user = await users.create(newUser);
          await emit(ctx, 'user.created', { id: user.id });
          return user;
        },
        get: (request) => users.get(request),
        list: (request) => users.list(request),
        async update(update, ctx) {
          const user = await users.update(update);
          await emit(ctx, 'user.updated', { id: user.id });
          return user;
        },
        async remove(request, ctx) {
          const { id } = users.remove(request);
          await emit(ctx, 'user.removed', { id });
          return { id };
        },
        async auth(credentials, ctx) {
          const user = await users.auth(credentials);
          await emit(ctx, 'user.signed-in', { id: user.id });
          return user;
        },
        ping: () => ({ pong: true }),
        async test(_, ctx) {
          const greeting = await call(ctx, 'hello.greet', { name: 'users' });
          await emit(ctx, 'user.tested', greeting);
          return greeting;
        },
      },
      { actions: { get: { cache: rememberedUser }, create: HASHING, update: HASHING, auth: HASHING } },
    ),
    events: listen({ 'user.updated': forgetUser, 'user.removed': forgetUser }),
    created() {
      config = loadUsersConfig(env);
    },
    async started() {
      store = openUsersStore(config.databasePath);
      const pictures = createPictures({
        url: config.avatarsUrl,
        onFailure: (error) => this.logger.warn(`no picture: ${(error as Error).message}`),
      });
      users = createUsers(store, { pictures });
    },
    async stopped() {
      store?.close();
    },
  };
}

export default createUsersService(process.env);
