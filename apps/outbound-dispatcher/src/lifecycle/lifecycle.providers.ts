import type { Provider } from '@nestjs/common';
import { SessionReader, TranscriptReader } from '@heliograph/conversations';
import { EventPublisher } from '@heliograph/kafka';
import { RedisClient } from '@heliograph/redis';
import { SendingAccounts } from '../accounts/sending-accounts.ts';
import { DeadCommands } from '../commands/dead-commands.ts';
import { Places } from '../routes/places.ts';
import { RouteStore } from '../routes/route.store.ts';
import { RoutingCheck } from '../routing/routing-check.ts';
import { ConversationOpener } from '../sending/conversation-opener.ts';
import { LedgeredCall } from '../sending/ledgered-call.ts';
import { OutcomeFacts } from '../sending/outcome-facts.ts';
import { AgentCalls } from './agents.ts';
import { Closings } from './closings.ts';
import { CommandFacts } from './command-facts.ts';
import { HandOffs } from './hand-offs.ts';
import { HandedTranscripts } from './handed-transcript.ts';
import { LifecycleCommands } from './lifecycle-commands.ts';
import { ParticipantCommands } from './participant-commands.ts';
import { WrapUps } from './wrap-ups.ts';

/** Everything that executes commands about conversations. */
export const lifecycleProviders: Provider[] = [
  {
    provide: CommandFacts,
    inject: [EventPublisher],
    useFactory: (publisher: EventPublisher) => new CommandFacts(publisher),
  },
  {
    provide: HandedTranscripts,
    inject: [RedisClient],
    useFactory: (redis: RedisClient) => new HandedTranscripts(new TranscriptReader(redis), new SessionReader(redis)),
  },
  {
    provide: LifecycleCommands,
    inject: [
      SendingAccounts,
      LedgeredCall,
      CommandFacts,
      RouteStore,
      Places,
      HandedTranscripts,
      RoutingCheck,
      ConversationOpener,
    ],
    useFactory: lifecycleCommands,
  },
  {
    provide: DeadCommands,
    inject: [OutcomeFacts, CommandFacts, LifecycleCommands],
    useFactory: (messages: OutcomeFacts, commands: CommandFacts, lifecycle: LifecycleCommands) =>
      new DeadCommands(messages, commands, lifecycle),
  },
];

function lifecycleCommands(
  accounts: SendingAccounts,
  calls: LedgeredCall,
  facts: CommandFacts,
  routes: RouteStore,
  places: Places,
  transcripts: HandedTranscripts,
  routing: RoutingCheck,
  opener: ConversationOpener,
): LifecycleCommands {
  const agents = new AgentCalls(calls, routing);
  const wrapUps = new WrapUps(agents, calls);
  return new LifecycleCommands({
    ...{ accounts, calls, facts, routes, transcripts },
    handOffs: new HandOffs({ routes, places, opener, agents, wrapUps, calls, routing }),
    participants: new ParticipantCommands(routes, agents),
    closings: new Closings(routes, wrapUps, calls),
  });
}
