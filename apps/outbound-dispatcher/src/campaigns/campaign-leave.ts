import type { CampaignGate, GateWord } from '@heliograph/campaigns';
import type { SendMessage } from '@heliograph/contracts';
import type { Delivery } from '@heliograph/kafka';
import type { LeaveGate, LeaveVerdict } from '../sending/leave.ts';
import { memoOf } from '../sending/turn.ts';

const NOT_KNOWN: LeaveVerdict = { kind: 'wait', reason: 'waits until it is known whether its campaign goes on' };
const PAUSED: LeaveVerdict = { kind: 'wait', reason: 'waits until its campaign goes on' };
const HELD: LeaveVerdict = { kind: 'held', cause: 'campaign' };
const ENDED: LeaveVerdict = {
  kind: 'refused',
  refusal: {
    code: 'campaign-ended',
    reason: 'its campaign was cancelled, or its time was over, before the message was sent',
  },
};

/** Whether messages of a campaign may be sent (guide 002, edge case 3: "halt the campaign"); all others may. */
export class CampaignLeave implements LeaveGate {
  constructor(private readonly gate: Pick<CampaignGate, 'now'>) {}

  async first(command: SendMessage, delivery: Delivery): Promise<LeaveVerdict | undefined> {
    return memoOf(delivery).campaignSeen ? undefined : this.now(command, delivery);
  }

  async now(command: SendMessage, delivery: Delivery): Promise<LeaveVerdict | undefined> {
    if (!command.campaign) return undefined;
    const verdict = verdictOf(await this.gate.now(command.campaign.campaignId), command);
    memoOf(delivery).campaignSeen = verdict?.kind !== 'wait';
    return verdict;
  }
}

/** Of a diverted message campaign-runner has no recipient to give again, so it waits in its place. */
function verdictOf(word: GateWord | undefined, { divertedFrom }: SendMessage): LeaveVerdict | undefined {
  switch (word) {
    case 'open':
      return undefined;
    case 'shut':
      return divertedFrom === undefined ? HELD : PAUSED;
    case 'ended':
      return ENDED;
    case undefined:
      return NOT_KNOWN;
  }
}
