// A model provider on the loopback address that answers every turn with one short message.
// It speaks as much of the "responses" wire protocol as Codex needs for a plain turn.

import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface MockProvider {
  readonly port: number;
  /** What the model was last told, text by text. */
  lastHeard(): readonly string[];
  /** Who Codex said that it was, when it asked last. */
  lastUserAgent(): string;
  close(): Promise<void>;
}

export async function startMockProvider(): Promise<MockProvider> {
  let turns = 0;
  let heard = '';
  let userAgent = '';
  const server = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => {
      body += piece;
    });
    request.once('end', () => {
      if (request.method === 'POST' && request.url?.endsWith('/responses') === true) {
        turns += 1;
        heard = body;
        userAgent = request.headers['user-agent'] ?? '';
        sendTurn(response, turns);
      } else {
        const isModelList = request.url?.includes('/models') === true;
        response.writeHead(isModelList ? 200 : 404, { 'content-type': 'application/json' });
        response.end(isModelList ? '{"object":"list","data":[],"models":[]}' : '{}');
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    lastHeard: () =>
      [...heard.matchAll(/"text":"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text),
    lastUserAgent: () => userAgent,
    close: () =>
      new Promise(resolve => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Writes one complete turn as server-sent events. */
function sendTurn(response: http.ServerResponse, number: number): void {
  const id = `resp_${number}`;
  const send = (type: string, fields: object): void => {
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  send('response.created', { response: { id } });
  send('response.output_item.done', {
    item: {
      type: 'message',
      role: 'assistant',
      id: `msg_${number}`,
      content: [{ type: 'output_text', text: `Hello from the mock, turn ${number}` }],
    },
  });
  const usage = {
    input_tokens: 10,
    input_tokens_details: null,
    output_tokens: 5,
    output_tokens_details: null,
    total_tokens: 15,
  };
  send('response.completed', { response: { id, usage } });
  response.end();
}
