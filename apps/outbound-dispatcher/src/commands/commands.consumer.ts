import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, type CloudEvent, type SendMessage } from '@heliograph/contracts';
import { type Delivery, type Outcome } from '@heliograph/kafka';
import { MessageSender } from '../sending/message-sender.ts';

/** Commands in the order of their conversation. */
@Controller()
export class CommandsConsumer {
  constructor(private readonly sender: MessageSender) {}

  @EventPattern<string>(TOPICS.conversationCommand.name)
  handle(@Payload() event: CloudEvent<SendMessage>, @Ctx() delivery: Delivery): Promise<Outcome> {
    return this.sender.send(event.data, delivery);
  }
}
