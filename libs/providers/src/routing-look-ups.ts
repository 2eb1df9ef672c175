import type { CallOptions, CallResult } from './call-result.ts';

/** What a conversation is routed by. */
export const ROUTING_KINDS = ['queue', 'skill', 'user'] as const;
export type RoutingKind = (typeof ROUTING_KINDS)[number];

export interface RoutingName {
  readonly kind: RoutingKind;
  readonly id: string;
}

export interface RoutingObject extends RoutingName {
  /** Whether it may be routed to now: not switched off or removed. */
  readonly active: boolean;
}

/** What can be asked about the objects that conversations are routed by. */
export interface RoutingLookUps {
  /** One request; `refused` with `not-found` when the provider has no such object. */
  lookUpRouting(request: RoutingName, options: CallOptions): Promise<CallResult<RoutingObject>>;
}
