import type { SessionSnapshot } from '@heliograph/contracts';

/**
 * States of busy conversations, completely published, as they are in Redis. Holds only while the fence they were written
 * under is in force: then nobody else can have written them since.
 */
export class StateCache {
  private readonly states = new Map<string, { readonly token: string; readonly state: SessionSnapshot }>();

  /** @param capacity most states kept; the one used longest ago makes room */
  constructor(private readonly capacity: number) {}

  get(conversationId: string, token: string): SessionSnapshot | undefined {
    const held = this.states.get(conversationId);
    return held?.token === token ? held.state : undefined;
  }

  put(token: string, state: SessionSnapshot): void {
    this.states.delete(state.conversationId);
    this.states.set(state.conversationId, { token, state });
    if (this.states.size <= this.capacity) return;
    for (const oldest of this.states.keys()) {
      this.states.delete(oldest);
      return;
    }
  }

  drop(conversationId: string): void {
    this.states.delete(conversationId);
  }
}
