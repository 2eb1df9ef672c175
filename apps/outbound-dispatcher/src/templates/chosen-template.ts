import type { Resolved } from './template-resolver.ts';

/** What is sent for a command, as of the last look at the table. */
export interface ChosenTemplate {
  readonly resolved: Resolved;
  /** Of the table. */
  revision: number;
}
