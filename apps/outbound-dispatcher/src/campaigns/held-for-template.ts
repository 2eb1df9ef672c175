import type { SendMessage } from '@heliograph/contracts';
import type { Holds } from '../sending/leave.ts';
import type { SettledSend } from '../sending/settled-send.ts';
import type { Refusal } from '../sending/effect.ts';

/** campaign-runner halts the campaign within a second; whoever is given again before that is held once more. */
const RESUME_MS = 5_000;

/**
 * A template that may not be sent halts its campaign, and what waited here goes on when the campaign does (guide 002, edge case 3):
 * it is held, not failed. Undefined for every other refusal, and for a message that campaign-runner cannot give again.
 */
export function heldForTemplate(
  { campaign, divertedFrom }: SendMessage,
  { code, diverted }: Refusal & Pick<SettledSend, 'diverted'>,
): Holds | undefined {
  if (!campaign || divertedFrom !== undefined || diverted || code !== 'template-not-approved') return undefined;
  return { kind: 'held', cause: 'campaign', resumeAt: new Date(Date.now() + RESUME_MS).toISOString() };
}
