import type { Account } from '../accounts/account.ts';
import type { Principal } from '../exchange/principal.ts';
import { notFound } from '../exchange/refusal.ts';
import type { Incoming } from '../exchange/incoming.ts';
import type { Stage } from '../world/stage.ts';
import type { World } from '../world/world.ts';

/** One request to the control API. Not counted, not limited, not logged as evidence. */
export class ControlCall {
  readonly stage: Stage;
  readonly incoming: Incoming;

  constructor(stage: Stage, incoming: Incoming) {
    this.stage = stage;
    this.incoming = incoming;
  }

  get world(): World {
    return this.stage.world;
  }

  /** The body, an empty object when there is none. */
  get body(): unknown {
    return this.incoming.text() === '' ? {} : this.incoming.json();
  }

  /** The account of the path; 404 when there is none. */
  get account(): Account {
    const id = this.incoming.param('account');
    const account = this.world.accounts.get(id);
    if (!account) throw notFound(`account ${JSON.stringify(id)} does not exist`);
    return account;
  }

  /** As `account`; `crm` stands for the CRM. */
  get principal(): Principal {
    const id = this.incoming.param('account');
    const principal = this.world.principal(id);
    if (!principal) throw notFound(`account ${JSON.stringify(id)} does not exist`);
    return principal;
  }
}

/** What a control route returns: a JSON value, or lines to stream. */
export type ControlAnswer = object | Lines;

export class Lines {
  readonly chunks: Iterable<string>;

  constructor(chunks: Iterable<string>) {
    this.chunks = chunks;
  }
}

export interface ControlRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly handle: (call: ControlCall) => ControlAnswer | Promise<ControlAnswer>;
}
