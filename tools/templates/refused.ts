/** Something the user can mend: ends the tool with one sentence. */
export class Refused extends Error {}
