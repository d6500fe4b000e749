/** What the users service promises. */
import Type from 'typebox';
import { Picture } from './avatars.ts';
import { type EventsContract, fields, type ServiceContract, shortText } from './contract.ts';
import { Greeting } from './hello.ts';

const name = shortText(100);
const email = Type.String({ format: 'email', maxLength: 254, description: 'an e-mail address' });

const properties = {
  id: Type.String({ format: 'uuid' }),
  name,
  email,
  createdAt: Type.String({ format: 'date-time' }),
};

/** A user as everybody may see it: the password only ever comes in. */
export const User = fields(properties);
/** A user as everybody may see it. */
export type User = Type.Static<typeof User>;

/** A user who was asked for with his picture, which is null where the avatars service could not tell it in time. */
export const UserWithPicture = fields({
  ...properties,
  picture: Type.Optional(Type.Union([Picture, Type.Null()])),
});
/** A user who was asked for with his picture. */
export type UserWithPicture = Type.Static<typeof UserWithPicture>;

/** Who is asked for. Any text will do: what is no id of ours is not found, as any other. */
export const UserRequest = fields({
  id: Type.String(),
  picture: Type.Optional(Type.Boolean({ default: false })),
});
/** Who is asked for. */
export type UserRequest = Type.Static<typeof UserRequest>;

// Long enough for any phrase, short enough that hashing it stays cheap.
const password = Type.String({ minLength: 10, maxLength: 1000 });

/** What a new user is made of. */
export const NewUser = fields({ name, email, password });
/** What a new user is made of. */
export type NewUser = Type.Static<typeof NewUser>;

/** What can be changed of a user; what is left out stays as it is. */
export const UserChanges = fields({
  name: Type.Optional(name),
  email: Type.Optional(email),
  password: Type.Optional(password),
});

/** Which user is changed, and how. */
export const UserUpdate = fields({ id: Type.String(), ...UserChanges.properties });
/** Which user is changed, and how. */
export type UserUpdate = Type.Static<typeof UserUpdate>;

/** What a user signs in with: any text, as what is too short for a password is just a wrong one. */
export const Credentials = fields({
  email: Type.String({ maxLength: 254 }),
  password: Type.String({ maxLength: 1000 }),
});
/** What a user signs in with. */
export type Credentials = Type.Static<typeof Credentials>;

/** One page of the users, oldest first. */
export const UserPage = fields({
  items: Type.Array(User),
  page: Type.Integer(),
  pageSize: Type.Integer(),
  total: Type.Integer(),
});
/** One page of the users, oldest first. */
export type UserPage = Type.Static<typeof UserPage>;

/** Which page is wanted; `default` says what a missing field means. */
export const PageRequest = fields({
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000, default: 1 })),
  pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
});
/** Which page is wanted. */
export type PageRequest = Type.Static<typeof PageRequest>;

/** Which user is meant: any text will do, what is no id of ours is not found, as any other. */
export const UserId = fields({ id: Type.String() });

/** The actions of the users service. */
export const usersContract = {
  create: { params: NewUser, result: User },
  get: { params: UserRequest, result: UserWithPicture, repeatable: true },
  list: { params: PageRequest, result: UserPage, repeatable: true },
  update: { params: UserUpdate, result: User, repeatable: true },
  remove: { params: UserId, result: UserId },
  auth: { params: Credentials, result: User },
  ping: { params: fields({}), result: fields({ pong: Type.Boolean() }), repeatable: true },
  test: { params: fields({}), result: Greeting },
} satisfies ServiceContract;

/** The events of the users service. They name users by their ids alone: what is personal stays where it is kept. */
export const usersEvents = {
  'user.created': { payload: UserId, hearers: 'one-node' },
  // Every node may remember a user.
  'user.updated': { payload: UserId, hearers: 'every-node' },
  'user.removed': { payload: UserId, hearers: 'every-node' },
  'user.signed-in': { payload: UserId, hearers: 'one-node' },
  'user.tested': { payload: Greeting, hearers: 'one-node' },
} satisfies EventsContract;
