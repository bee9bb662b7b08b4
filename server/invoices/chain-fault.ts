/** Thrown for the first thing that differs from what was issued. The message says where it is. */
export class Fault extends Error {}
