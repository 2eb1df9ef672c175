import { readBody } from '@heliograph/http-api';
import type { ErrorDetail } from '@heliograph/runtime';
import { AcceptRequest, CloseRequest, HandOffRequest, WrapUpRequest } from './command.requests.ts';

/** Each throws ApiError 400 naming every wrong field and the reason. */
export const readHandOff = (body: unknown): HandOffRequest =>
  readBody(HandOffRequest, body, HAND_OFF_FIELDS, agentProblems);
export const readAccept = (body: unknown): AcceptRequest => readBody(AcceptRequest, body, ['agentId', 'expiresAt']);
export const readWrapUp = (body: unknown): WrapUpRequest =>
  readBody(WrapUpRequest, body, ['agentId', 'code', 'expiresAt']);
export const readClose = (body: unknown): CloseRequest => readBody(CloseRequest, body, ['code', 'reason', 'expiresAt']);

const HAND_OFF_FIELDS = [
  'to',
  'agentId',
  'queueId',
  'priority',
  'skills',
  'accepted',
  'customerAuthenticated',
  'note',
  'expiresAt',
] as const satisfies readonly (keyof HandOffRequest)[];

function agentProblems({ to, agentId }: HandOffRequest): ErrorDetail[] {
  if (to === 'agent' && agentId === undefined) return [{ field: 'agentId', reason: 'is needed when to is agent' }];
  if (to !== 'agent' && agentId !== undefined) return [{ field: 'agentId', reason: 'is only for to: agent' }];
  return [];
}
