/** `/users`: what the users service keeps; and `/user`, the same under the names of the article. */
import { call } from '#shared/contracts/call.ts';
import { fields } from '#shared/contracts/contract.ts';
import { Greeting } from '#shared/contracts/hello.ts';
import {
  NewUser,
  PageRequest,
  User,
  UserChanges,
  UserId,
  UserPage,
  UserRequest,
  UserWithPicture,
} from '#shared/contracts/users.ts';
import { Answer, type Route, route } from '../route.ts';

/** Hashing a password takes its 50 ms by intent, so that a burst of registrations has to queue for the processor. */
const HASHING_DEADLINE_MS = 15_000;

const { picture } = UserRequest.properties;

/** All routes of users but the login. */
export const usersRoutes: readonly Route[] = [
  register('/users'),
  register('/user/register'),

  route({
    method: 'GET',
    path: '/users',
    summary: 'Lists users, oldest first: to anybody, as this is a demonstration',
    access: 'anybody',
    query: PageRequest,
    success: { status: 200, description: 'One page of them', schema: UserPage },
    failures: [],
    answer: ({ query, mesh }) => call(mesh, 'users.list', query),
  }),

  route({
    method: 'GET',
    path: '/users/:id',
    summary: 'Tells about a user',
    access: 'anybody',
    params: UserId,
    query: fields({ picture }),
    success: {
      status: 200,
      description:
        'The user; where his picture was asked for, with it, or with null where there is none to be had',
      schema: UserWithPicture,
    },
    failures: [404],
    answer: ({ params, query, mesh }) => call(mesh, 'users.get', { ...params, ...query }),
  }),

  route({
    method: 'PATCH',
    path: '/users/:id',
    summary: 'Changes what is given of a user',
    access: 'self-or-admin',
    params: UserId,
    body: UserChanges,
    success: { status: 200, description: 'The user as he is now', schema: User },
    failures: [404, 409],
    deadlineMs: HASHING_DEADLINE_MS,
    answer: ({ params, body, mesh }) => call(mesh, 'users.update', { ...params, ...body }),
  }),

  route({
    method: 'DELETE',
    path: '/users/:id',
    summary: 'Removes a user',
    access: 'self-or-admin',
    params: UserId,
    success: { status: 204, description: 'He is gone' },
    failures: [404],
    answer: ({ params, mesh }) => call(mesh, 'users.remove', params),
  }),

  route({
    method: 'GET',
    path: '/user/test',
    summary: 'Greets by way of two services, and publishes that it did',
    access: 'anybody',
    success: { status: 200, description: 'The greeting', schema: Greeting },
    failures: [],
    answer: ({ mesh }) => call(mesh, 'users.test', {}),
  }),
];

function register(path: string): Route {
  return route({
    method: 'POST',
    path,
    summary: 'Registers a user',
    access: 'anybody',
    body: NewUser,
    success: {
      status: 201,
      description: 'The user',
      schema: User,
      headers: { Location: 'The path of the user' },
    },
    failures: [409],
    deadlineMs: HASHING_DEADLINE_MS,
    async answer({ body, mesh }) {
      const user = await call(mesh, 'users.create', body);
      return new Answer(user, { headers: { Location: `/users/${user.id}` } });
    },
  });
}
