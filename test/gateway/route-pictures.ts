/** What the trace of each answer of each route looks like. */

/** Somebody who is registered, and signed in. */
export interface Person {
  path: string;
  headers: Record<string, string>;
}

/** Who asks; the admin is one. */
export interface People {
  ada: Person;
  eve: Person;
  admin: Person;
}

/** An answer. */
export interface RoutePicture {
  /** The route and the status: `GET /users/:id 200`. */
  answer: string;
  /** Where the route has several answers of this status. */
  when?: string;
  request(people: People): [method: string, path: string, body?: unknown, headers?: Record<string, string>];
  picture: string;
}

const password = 'analytical engine';

/** What somebody of this name registers with. */
export const newUser = (name: string) => ({ name, email: `${name}@example.org`, password });

/** In the order in which they are asked for: some find what others have left. */
export const routePictures: readonly RoutePicture[] = [
  {
    answer: 'POST /users 201',
    request: () => ['POST', '/users', newUser('one')],
    picture: `
      gateway POST /users (server)
        gateway users.create (client)
          users users.create (server)
            users INSERT users (client)
            users user.created (producer)
              ~ audit user.created (consumer)`,
  },
  {
    answer: 'POST /users 409',
    request: () => ['POST', '/users', newUser('one')],
    picture: `
      gateway POST /users (server)
        gateway users.create (client) ERROR
          users users.create (server)
            users INSERT users (client) ERROR`,
  },
  {
    answer: 'POST /users 422',
    request: () => ['POST', '/users', {}],
    picture: 'gateway POST /users (server)',
  },
  {
    answer: 'POST /user/register 201',
    request: () => ['POST', '/user/register', newUser('two')],
    picture: `
      gateway POST /user/register (server)
        gateway users.create (client)
          users users.create (server)
            users INSERT users (client)
            users user.created (producer)
              ~ audit user.created (consumer)`,
  },
  {
    answer: 'POST /user/register 409',
    request: () => ['POST', '/user/register', newUser('two')],
    picture: `
      gateway POST /user/register (server)
        gateway users.create (client) ERROR
          users users.create (server)
            users INSERT users (client) ERROR`,
  },
  {
    answer: 'POST /user/register 422',
    request: () => ['POST', '/user/register', {}],
    picture: 'gateway POST /user/register (server)',
  },
  {
    answer: 'POST /users/login 200',
    request: () => ['POST', '/users/login', { email: 'ada@example.org', password }],
    picture: `
      gateway POST /users/login (server)
        gateway users.auth (client)
          users users.auth (server)
            users SELECT users (client)
            users user.signed-in (producer)
              ~ audit user.signed-in (consumer)`,
  },
  {
    answer: 'POST /users/login 401',
    when: 'a wrong password',
    request: () => ['POST', '/users/login', { email: 'ada@example.org', password: 'x' }],
    picture: `
      gateway POST /users/login (server)
        gateway users.auth (client) ERROR
          users users.auth (server)
            users SELECT users (client)`,
  },
  {
    answer: 'POST /users/login 401',
    when: 'an unknown address',
    request: () => ['POST', '/users/login', { email: 'nobody@example.org', password }],
    picture: `
      gateway POST /users/login (server)
        gateway users.auth (client) ERROR
          users users.auth (server)
            users SELECT users (client)`,
  },
  {
    answer: 'POST /users/login 422',
    request: () => ['POST', '/users/login', {}],
    picture: 'gateway POST /users/login (server)',
  },
  {
    answer: 'POST /users/login 429',
    request: () => ['POST', '/users/login', { email: 'ada@example.org', password: 'x' }],
    picture: 'gateway POST /users/login (server)',
  },
  {
    answer: 'GET /users 200',
    request: () => ['GET', '/users'],
    picture: `
      gateway GET /users (server)
        gateway users.list (client)
          users users.list (server)
            users transaction
              users BEGIN (client)
              users SELECT users (client)
              users SELECT users (client)
              users COMMIT (client)`,
  },
  {
    answer: 'GET /users 422',
    request: () => ['GET', '/users?page=x'],
    picture: 'gateway GET /users (server)',
  },
  {
    answer: 'GET /users/:id 200',
    request: ({ ada }) => ['GET', ada.path],
    picture: `
      gateway GET /users/:id (server)
        gateway users.get (client)
          users users.get (server)
            users SELECT users (client)`,
  },
  {
    answer: 'GET /users/:id 200',
    when: 'of somebody who is remembered',
    request: ({ ada }) => ['GET', ada.path],
    picture: `
      gateway GET /users/:id (server)
        gateway users.get (client)
          users users.get (server)`,
  },
  {
    answer: 'GET /users/:id 200',
    when: 'with a picture',
    request: ({ ada }) => ['GET', `${ada.path}?picture=true`],
    picture: `
      gateway GET /users/:id (server)
        gateway users.get (client)
          users users.get (server)
            users SELECT users (client)
            users GET (client)
              avatars GET /avatars/:id (server)`,
  },
  {
    answer: 'GET /users/:id 404',
    request: () => ['GET', '/users/nobody'],
    picture: `
      gateway GET /users/:id (server)
        gateway users.get (client) ERROR
          users users.get (server)
            users SELECT users (client)`,
  },
  {
    answer: 'GET /users/:id 422',
    request: () => ['GET', '/users/nobody?picture=x'],
    picture: 'gateway GET /users/:id (server)',
  },
  {
    answer: 'PATCH /users/:id 200',
    request: ({ ada }) => ['PATCH', ada.path, { name: 'Countess' }, ada.headers],
    picture: `
      gateway PATCH /users/:id (server)
        gateway users.update (client)
          users users.update (server)
            users transaction
              users BEGIN (client)
              users SELECT users (client)
              users UPDATE users (client)
              users COMMIT (client)
            users user.updated (producer)
              ~ audit user.updated (consumer)
              ~ users user.updated (consumer)`,
  },
  {
    answer: 'PATCH /users/:id 200',
    when: 'by an admin',
    request: ({ ada, admin }) => ['PATCH', ada.path, { name: 'Countess' }, admin.headers],
    picture: `
      gateway PATCH /users/:id (server)
        gateway users.get (client)
          users users.get (server)
            users SELECT users (client)
        gateway users.update (client)
          users users.update (server)
            users transaction
              users BEGIN (client)
              users SELECT users (client)
              users UPDATE users (client)
              users COMMIT (client)
            users user.updated (producer)
              ~ audit user.updated (consumer)
              ~ users user.updated (consumer)`,
  },
  {
    answer: 'PATCH /users/:id 401',
    request: ({ ada }) => ['PATCH', ada.path, { name: 'Countess' }],
    picture: 'gateway PATCH /users/:id (server)',
  },
  {
    answer: 'PATCH /users/:id 403',
    request: ({ ada, eve }) => ['PATCH', ada.path, { name: 'Countess' }, eve.headers],
    picture: `
      gateway PATCH /users/:id (server)
        gateway users.get (client)
          users users.get (server)
            users SELECT users (client)`,
  },
  {
    answer: 'PATCH /users/:id 404',
    request: ({ admin }) => ['PATCH', '/users/nobody', { name: 'Countess' }, admin.headers],
    picture: `
      gateway PATCH /users/:id (server)
        gateway users.get (client)
          users users.get (server)
        gateway users.update (client) ERROR
          users users.update (server)
            users transaction
              users BEGIN (client)
              users SELECT users (client)
              users COMMIT (client)`,
  },
  {
    answer: 'PATCH /users/:id 409',
    request: ({ ada }) => ['PATCH', ada.path, { email: 'eve@example.org' }, ada.headers],
    picture: `
      gateway PATCH /users/:id (server)
        gateway users.update (client) ERROR
          users users.update (server)
            users transaction
              users BEGIN (client)
              users SELECT users (client)
              users UPDATE users (client) ERROR
              users COMMIT (client)`,
  },
  {
    answer: 'PATCH /users/:id 422',
    request: ({ ada }) => ['PATCH', ada.path, { name: '' }, ada.headers],
    picture: 'gateway PATCH /users/:id (server)',
  },
  {
    answer: 'DELETE /users/:id 401',
    request: ({ ada }) => ['DELETE', ada.path],
    picture: 'gateway DELETE /users/:id (server)',
  },
  {
    answer: 'DELETE /users/:id 403',
    request: ({ ada, eve }) => ['DELETE', ada.path, undefined, eve.headers],
    picture: `
      gateway DELETE /users/:id (server)
        gateway users.get (client)
          users users.get (server)`,
  },
  {
    answer: 'DELETE /users/:id 404',
    request: ({ admin }) => ['DELETE', '/users/nobody', undefined, admin.headers],
    picture: `
      gateway DELETE /users/:id (server)
        gateway users.get (client)
          users users.get (server)
        gateway users.remove (client) ERROR
          users users.remove (server)
            users DELETE users (client)`,
  },
  {
    answer: 'DELETE /users/:id 204',
    request: ({ ada }) => ['DELETE', ada.path, undefined, ada.headers],
    picture: `
      gateway DELETE /users/:id (server)
        gateway users.remove (client)
          users users.remove (server)
            users DELETE users (client)
            users user.removed (producer)
              ~ audit user.removed (consumer)
              ~ users user.removed (consumer)`,
  },
  {
    answer: 'GET /hello/:name 200',
    request: () => ['GET', '/hello/Ada'],
    picture: `
      gateway GET /hello/:name (server)
        gateway hello.greet (client)
          hello hello.greet (server)`,
  },
  {
    answer: 'GET /hello/:name 422',
    request: () => ['GET', '/hello/%20'],
    picture: 'gateway GET /hello/:name (server)',
  },
  {
    answer: 'GET /hello/:name/stream 200',
    request: () => ['GET', '/hello/Ada/stream'],
    picture: `
      gateway GET /hello/:name/stream (server)
        gateway hello.stream (client)
          hello hello.stream (server)`,
  },
  {
    answer: 'GET /hello/:name/stream 422',
    request: () => ['GET', '/hello/Ada/stream?count=0'],
    picture: 'gateway GET /hello/:name/stream (server)',
  },
  {
    answer: 'GET /user/test 200',
    request: () => ['GET', '/user/test'],
    picture: `
      gateway GET /user/test (server)
        gateway users.test (client)
          users users.test (server)
            users hello.greet (client)
              hello hello.greet (server)
            users user.tested (producer)
              ~ audit user.tested (consumer)
              ~ hello user.tested (consumer)`,
  },
];
