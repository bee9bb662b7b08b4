import { languages } from '../settings/language.ts';
import * as z from 'zod/mini';
import { id } from '../engine/field.ts';
import { anyEmail, anyUsername, displayName, proof } from './account-input.ts';
import { roles } from './schema.ts';

/** Input schemas of the procedures for people. */

const card = {
  username: anyUsername,
  displayName,
  email: anyEmail,
  language: z.enum(languages),
};
export const newPerson = z.strictObject({ ...card, role: z.enum(roles), proof });
export type NewPerson = z.infer<typeof newPerson>;
/** Contains only the changed fields, so that changes made by the person in the meantime are kept. */
export const personEdit = z.extend(z.partial(z.strictObject(card)), { id: id(), proof: z.optional(proof) });
export type PersonEdit = z.infer<typeof personEdit>;
export const roleChange = z.strictObject({ id: id(), role: z.enum(roles), proof });
export const statusChange = z.strictObject({ id: id(), status: z.enum(['verified', 'disabled']), proof });
export const somebody = z.strictObject({ id: id() });
export const somebodyProven = z.strictObject({ id: id(), proof });
