export * from './call-result.ts';
export * from './failover/client-switch.ts';
export type * from './limits.ts';
export * from './profile.ts';
export * from './provider-client.ts';
export * from './provider-fact.ts';
export * from './registry.ts';
export * from './token-source.ts';
export * from './webhook-profile.ts';
