/** The first thing that is not as it was issued, in words that say where. */
export class Fault extends Error {}
