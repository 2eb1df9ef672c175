import type { FastifyInstance } from 'fastify';
import type { Account } from '../accounts/account.ts';
import type { RequestRecord } from '../evidence/request-log.ts';
import type { Principal } from '../exchange/principal.ts';
import type { Conversation, Line } from '../messaging/conversation-store.ts';
import type { Stage } from '../world/stage.ts';
import type { World } from '../world/world.ts';
import { html, type Html } from './html.ts';

const STYLE = `body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin-bottom:2rem}th,td{text-align:left;padding:.25rem .75rem .25rem 0;
border-bottom:1px solid #8884;vertical-align:top}td.n{text-align:right}small{opacity:.7}
kbd{font:inherit;border:1px solid #8888;border-radius:.5rem;padding:0 .4rem}`;

/** The page at `/`: conversations, last requests, faults; drawn anew every two seconds. */
export function addPage(app: FastifyInstance, stage: Stage): void {
  app.get('/', (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .send(page(stage.world).text),
  );
}

function page(world: World): Html {
  const accounts = [...world.accounts.values()];
  const principals: Principal[] = [...accounts, world.crm];
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="refresh" content="2" />
        <title>Provider simulator</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <h1>Provider simulator</h1>
        ${table(
          'Accounts',
          ['account', 'limit', 'requests', '429', 'events', 'acknowledged'],
          accounts.map((account) => accountRow(world, account)),
        )}
        ${table('Conversations', ['account', 'addresses', 'state', 'last lines'], accounts.flatMap(conversationRows))}
        ${table('Last requests', ['#', 'at', 'account', 'request', 'status', 'fault', 'text'], world.requests.latest(30).map(requestRow))}
        ${table('Faults', ['account', 'fault', 'hits'], principals.flatMap(faultRows))}
        <p>
          <small
            >Clock offset ${world.clock.offsetMs} ms · CRM: ${world.crm.contacts.size} contacts,
            ${world.crm.activities.size} activities</small
          >
        </p>
      </body>
    </html>`;
}

function table(title: string, columns: string[], rows: Html[]): Html {
  if (rows.length === 0)
    return html`<h2>${title}</h2>
      <p>None.</p>`;
  const heads = columns.map((column) => html`<th>${column}</th>`);
  return html`<h2>${title}</h2>
    <table>
      <thead>
        <tr>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`;
}

function row(...cells: (string | number | undefined | Html | Html[])[]): Html {
  return html`<tr>
    ${cells.map((cell) => html`<td>${cell}</td>`)}
  </tr>`;
}

function accountRow(world: World, { id, settings }: Account): Html {
  const { requests, byStatus } = world.requests.counters(id);
  const { emitted, acknowledged } = world.events.counters(id);
  const limit = settings.limits.tenant;
  const allowed = limit ? `${limit.requests} per ${limit.periodMs / 1000} s` : 'none';
  return row(id, allowed, requests, byStatus[429] ?? 0, emitted, acknowledged);
}

function conversationRows({ id, conversations }: Account): Html[] {
  return conversations.latest(10).map((conversation: Conversation) => {
    const { pair, status, lines } = conversation;
    const shown = lines.slice(-5).map(lineOf);
    return row(id, `${pair.channel} ${pair.contact} → ${pair.sender}`, status, shown);
  });
}

/** A structured message with its kind in front and its buttons behind. */
function lineOf({ by, kind, text, buttons = [] }: Line): Html {
  const shown = buttons.map((button) => html` <kbd>${button}</kbd>`);
  return html`<small>${by}</small> ${kind === undefined ? '' : html`<em>${kind}</em> `}${text}${shown}<br />`;
}

function requestRow({ seq, at, account, method, path, status, fault, text }: RequestRecord): Html {
  return row(seq, new Date(at).toISOString().slice(11, 23), account, `${method} ${path}`, status || '…', fault, text);
}

function faultRows({ id, faults }: Principal): Html[] {
  return faults.list().map(({ id: _id, hits, ...rule }) => row(id, JSON.stringify(rule), hits));
}
