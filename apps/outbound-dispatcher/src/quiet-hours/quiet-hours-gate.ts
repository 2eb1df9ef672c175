import type { SendMessage } from '@heliograph/contracts';
import type { Holds, LeaveGate } from '../sending/leave.ts';
import { expired } from '../sending/send-gates.ts';
import type { QuietHours } from './quiet-hours.ts';

/**
 * Holds what would reach its contact in quiet hours, until they are over. The answer to a keyword passes: the contact is awake. What
 * has expired passes as well, so that it fails as that.
 */
export class QuietHoursGate implements LeaveGate {
  constructor(
    private readonly hours: Pick<QuietHours, 'quietUntil'>,
    private readonly clock: () => number = Date.now,
  ) {}

  first(command: SendMessage): Promise<Holds | undefined> {
    return this.now(command);
  }

  async now(command: SendMessage): Promise<Holds | undefined> {
    if (command.consentReply !== undefined || expired(command)) return undefined;
    const until = this.hours.quietUntil(command, this.clock());
    if (until === undefined) return undefined;
    return { kind: 'held', cause: 'quiet-hours', resumeAt: new Date(until).toISOString() };
  }
}
