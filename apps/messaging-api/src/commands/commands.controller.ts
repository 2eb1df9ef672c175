import { applyDecorators, Controller, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiHeader, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { EVENTS, type ConversationCommand, type EventContract } from '@heliograph/contracts';
import { ApiErrors, ApiKeyGuard, readId, Tenant, WRONG_TYPE } from '@heliograph/http-api';
import { readIdempotencyKey } from '../messages/idempotency-key.ts';
import {
  BAD_COMMAND,
  BAD_ID,
  COMMAND_KEY_REUSED,
  NO_COMMAND,
  NO_CONVERSATION,
  TOO_LARGE,
} from '../openapi/api-errors.ts';
import { CommandStatusService } from './command-status.service.ts';
import {
  ACCEPT_EXAMPLES,
  AcceptRequest,
  CLOSE_EXAMPLES,
  CloseRequest,
  HAND_OFF_EXAMPLES,
  HandOffRequest,
  WRAP_UP_EXAMPLES,
  WrapUpRequest,
} from './command.requests.ts';
import { AcceptedCommandResponse, CommandResponse } from './command.response.ts';
import { CommandsService, type CommandWish } from './commands.service.ts';
import { Given, type GivenCommand } from './given-command.ts';
import { readAccept, readClose, readHandOff, readWrapUp } from './read-command.ts';

interface Described {
  readonly summary: string;
  readonly operationId: string;
  readonly type: new () => object;
  readonly examples: Record<string, { value: object }>;
}

/** What the description of each command has in common. */
function Command(path: string, { summary, operationId, type, examples }: Described): MethodDecorator {
  return applyDecorators(
    Post(`:id/${path}`),
    HttpCode(202),
    ApiOperation({ summary, operationId }),
    ApiParam({ name: 'id', format: 'uuid' }),
    ApiHeader({
      name: 'Idempotency-Key',
      required: true,
      description: '1 to 255 printable ASCII characters. The same key always means the same command, for 7 days.',
      schema: { type: 'string', minLength: 1, maxLength: 255, example: 'ticket-998877-hand-off' },
    }),
    ApiBody({ type, examples }),
    ApiResponse({
      status: 202,
      type: AcceptedCommandResponse,
      description: 'The command is stored durably and will be carried out in the order of its conversation.',
    }),
    ApiErrors({
      400: BAD_COMMAND,
      404: NO_CONVERSATION,
      413: TOO_LARGE,
      415: WRONG_TYPE,
      422: COMMAND_KEY_REUSED,
    }),
  );
}

/** Commands about a conversation that there is. */
@ApiTags('commands')
@ApiBearerAuth()
@UseGuards(ApiKeyGuard)
@Controller('v1/conversations')
export class ConversationCommandsController {
  constructor(private readonly commands: CommandsService) {}

  @Command('hand-off', {
    summary: 'Gives a conversation to an agent or a queue',
    operationId: 'handOff',
    type: HandOffRequest,
    examples: HAND_OFF_EXAMPLES,
  })
  handOff(@Tenant() tenant: string, @Given() given: GivenCommand): Promise<AcceptedCommandResponse> {
    const { accepted = true, ...wish } = readHandOff(given.body);
    return this.give(EVENTS.handOff, tenant, given, { ...wish, accepted });
  }

  @Command('accept', {
    summary: 'Sets an agent of a conversation accepted',
    operationId: 'acceptParticipant',
    type: AcceptRequest,
    examples: ACCEPT_EXAMPLES,
  })
  accept(@Tenant() tenant: string, @Given() given: GivenCommand): Promise<AcceptedCommandResponse> {
    return this.give(EVENTS.acceptParticipant, tenant, given, readAccept(given.body));
  }

  @Command('wrap-up', {
    summary: "Wraps up an agent's part in a conversation",
    operationId: 'wrapUpParticipant',
    type: WrapUpRequest,
    examples: WRAP_UP_EXAMPLES,
  })
  wrapUp(@Tenant() tenant: string, @Given() given: GivenCommand): Promise<AcceptedCommandResponse> {
    return this.give(EVENTS.wrapUpParticipant, tenant, given, readWrapUp(given.body));
  }

  @Command('close', {
    summary: 'Ends the present session of a conversation',
    operationId: 'closeConversation',
    type: CloseRequest,
    examples: CLOSE_EXAMPLES,
  })
  close(@Tenant() tenant: string, @Given() given: GivenCommand): Promise<AcceptedCommandResponse> {
    return this.give(EVENTS.closeConversation, tenant, given, readClose(given.body));
  }

  private async give<T extends ConversationCommand>(
    contract: EventContract<T>,
    tenant: string,
    { id, rawHeaders, reply }: GivenCommand,
    wish: CommandWish<T>,
  ): Promise<AcceptedCommandResponse> {
    const conversationId = readId(id);
    const key = readIdempotencyKey(rawHeaders);
    const accepted = await this.commands.give(contract, { tenant, key, conversationId }, wish);
    reply.header('location', `/v1/commands/${accepted.commandId}`);
    return accepted;
  }
}

/** What became of commands. */
@ApiTags('commands')
@ApiBearerAuth()
@UseGuards(ApiKeyGuard)
@Controller('v1/commands')
export class CommandsController {
  constructor(private readonly statuses: CommandStatusService) {}

  @Get(':id')
  @ApiOperation({ summary: 'What became of a command', operationId: 'getCommand' })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiResponse({ status: 200, type: CommandResponse })
  @ApiErrors({ 400: BAD_ID, 404: NO_COMMAND })
  async get(@Tenant() tenant: string, @Param('id') id: string): Promise<CommandResponse> {
    return this.statuses.statusOf(tenant, readId(id));
  }
}
