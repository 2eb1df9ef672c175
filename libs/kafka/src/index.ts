export * from './delivery.ts';
export * from './outcome.ts';
export * from './partition-gate.ts';
