import { EVENTS, type SendMessage } from '@heliograph/contracts';
import type { Delivery } from '@heliograph/kafka';
import type { CommandFacts } from '../lifecycle/command-facts.ts';
import type { LifecycleCommands } from '../lifecycle/lifecycle-commands.ts';
import type { OutcomeFacts } from '../sending/outcome-facts.ts';

/** A command that is dead-lettered yields a failed fact, as far as it says which message or command of whom it is (promise 8). */
export class DeadCommands {
  constructor(
    private readonly messages: OutcomeFacts,
    private readonly commands: CommandFacts,
    private readonly lifecycle: Pick<LifecycleCommands, 'handles'>,
  ) {}

  async deadLettered(delivery: Delivery, reason: string): Promise<void> {
    const { type, data } = delivery.event;
    if (type === EVENTS.sendMessage.type) return this.messages.deadLettered(delivery, data as SendMessage, reason);
    if (this.lifecycle.handles(type)) await this.commands.dead(type, data, delivery.origin, reason);
  }

  /** @param type as the record's header says */
  async unreadable(type: string | undefined, value: Buffer, origin: string, reason: string): Promise<void> {
    const data = parse(value);
    if (typeof data !== 'object' || data === null) return;
    if (type !== undefined && this.lifecycle.handles(type)) return this.commands.dead(type, data, origin, reason);
    await this.messages.unreadable(data as SendMessage, origin, reason);
  }
}

function parse(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString('utf8'));
  } catch {
    return undefined;
  }
}
