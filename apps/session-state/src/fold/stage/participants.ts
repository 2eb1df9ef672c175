import type { SessionParticipant, SessionSnapshot } from '@heliograph/contracts';

type Participants = readonly SessionParticipant[];

const MAX_PARTICIPANTS = 50;

export const participantsOf = (state: SessionSnapshot): Participants => state.participants ?? [];

export const pendingAmong = (participants: Participants): SessionParticipant[] =>
  participants.filter(({ state }) => state === 'pending');

export const hasAccepted = (participants: Participants): boolean =>
  participants.some(({ state }) => state === 'accepted');

export const haveAllWrappedUp = (participants: Participants): boolean =>
  participants.length > 0 && participants.every(({ state }) => state === 'wrapped-up');

/** The list with one of them changed, or one more; without the one whose state is the oldest when it is too long. */
export function withParticipant(participants: Participants, changed: SessionParticipant): SessionParticipant[] {
  const others = participants.filter(({ agentId }) => agentId !== changed.agentId);
  return [...others, changed].slice(-MAX_PARTICIPANTS);
}
