import { Controller } from '@nestjs/common';
import { Ctx, EventPattern } from '@nestjs/microservices';
import { EVENTS, TOPICS, type ConversationCommand, type SendMessage } from '@heliograph/contracts';
import { deadLetter, type Delivery, type Outcome } from '@heliograph/kafka';
import { CampaignWaits } from '../campaigns/campaign-waits.ts';
import { LifecycleCommands } from '../lifecycle/lifecycle-commands.ts';
import { MessageSender } from '../sending/message-sender.ts';

/** Commands in the order of their conversation. */
@Controller()
export class CommandsConsumer {
  constructor(
    private readonly sender: MessageSender,
    private readonly lifecycle: LifecycleCommands,
    private readonly campaigns: CampaignWaits,
  ) {}

  @EventPattern<string>(TOPICS.conversationCommand.name)
  async handle(@Ctx() delivery: Delivery): Promise<Outcome> {
    const { event } = delivery;
    if (event.type === EVENTS.sendMessage.type) return this.sender.send(event.data as SendMessage, delivery);
    if (!this.lifecycle.handles(event.type)) return deadLetter(`"${event.type}" is no command of this service`);
    return this.lifecycle.execute(event.data as ConversationCommand, delivery);
  }

  /** Messages of campaigns: behind everything else of their conversation that is there. */
  @EventPattern<string>(TOPICS.campaignCommand.name)
  async handleCampaign(@Ctx() delivery: Delivery): Promise<Outcome> {
    const { event } = delivery;
    if (event.type !== EVENTS.campaignMessage.type) return deadLetter(`"${event.type}" is no message of a campaign`);
    const command = event.data as SendMessage;
    return this.campaigns.of(command, delivery, await this.sender.send(command, delivery));
  }
}
