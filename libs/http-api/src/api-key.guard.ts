import { createParamDecorator, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from './api-error.ts';
import { ApiKeys, type Caller } from './api-keys.ts';

const callers = new WeakMap<FastifyRequest, Caller>();

/** Lets a request pass that carries `Authorization: Bearer <API key>`; everything else gets one and the same 401. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(private readonly keys: ApiKeys) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
    const caller = key === undefined ? undefined : this.keys.callerOf(key);
    if (!caller) {
      context.switchToHttp().getResponse<FastifyReply>().header('www-authenticate', 'Bearer');
      throw new ApiError(401, 'Authorization must be "Bearer <API key>" with a valid key');
    }
    callers.set(request, caller);
    return true;
  }
}

/** Who uses the request's API key. Only behind `ApiKeyGuard`. */
export const ApiCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const caller = callers.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (!caller) throw new Error('ApiCaller is used on a route without ApiKeyGuard');
  return caller;
});

/** The tenant the request's API key opens. Only behind `ApiKeyGuard`. */
export const Tenant = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const caller = callers.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (!caller) throw new Error('Tenant is used on a route without ApiKeyGuard');
  return caller.tenant;
});
