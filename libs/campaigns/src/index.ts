export { CampaignGate } from './campaign-gate.ts';
export type { GateWord } from './campaign-gate.ts';
export { CAMPAIGN_GROUP, gateKey, heldKey, messagesKey, progressKey } from './keys.ts';
export { progressOf } from './progress.ts';
export { ProgressReader } from './progress-reader.ts';
export type { CampaignStanding } from './progress-reader.ts';
