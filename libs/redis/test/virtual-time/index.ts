export { VirtualProcess } from './virtual-process.ts';
export { VirtualRedis } from './virtual-redis.ts';
export type { Passage, VirtualRedisOptions } from './virtual-redis.ts';
export { VirtualTime } from './virtual-time.ts';
