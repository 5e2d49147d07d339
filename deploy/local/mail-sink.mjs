// SPDX-License-Identifier: Apache-2.0
// Takes all mail and shows it: node mail-sink.mjs [--bind 127.0.0.1] [--smtp 1025] [--http 8025]
//
//   GET    /                      a page
//   GET    /messages[?to=A]       JSON: {messages: [{id, at, from, to, subject, text, html, headers}]}
//   DELETE /messages              forgets all
//   PUT    /behaviour             {"reply": 451, "text": "…", "delay_ms": 0, "count": 3}: what the
//                                 next count recipients are answered; {} is well again
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

const MESSAGES_MAX = 10000; // older ones are dropped
const BODY_MAX = 1 << 20;

const { values: options } = parseArgs({
  options: {
    bind: { type: 'string', default: '127.0.0.1' },
    smtp: { type: 'string', default: '1025' },
    http: { type: 'string', default: '8025' },
  },
});

const messages = [];
let nextId = 1;
let behaviour = { count: 0 };

function keep(session, raw) {
  messages.push({
    id: nextId++,
    at: new Date().toISOString(),
    from: session.envelope.mailFrom.address,
    to: session.envelope.rcptTo.map((recipient) => recipient.address),
    raw,
  });
  if (messages.length > MESSAGES_MAX) messages.shift();
}

function onRcptTo(address, session, callback) {
  if (behaviour.count <= 0) return callback();
  behaviour.count -= 1;
  const { reply, text = 'as told', delay_ms: delay = 0 } = behaviour;
  const error = reply === undefined ? null
    : Object.assign(new Error(text), { responseCode: reply });
  return setTimeout(callback, delay, error);
}

function onData(stream, session, callback) {
  const parts = [];
  stream.on('data', (part) => parts.push(part));
  stream.on('end', () => {
    keep(session, Buffer.concat(parts));
    callback();
  });
}

// Parsed when first asked for, so that taking mail stays cheap.
async function parsed(message) {
  message.parsed ??= await simpleParser(message.raw);
  const { subject, text, html, headerLines } = message.parsed;
  const headers = Object.fromEntries(headerLines.map(({ key, line }) => [
    key, line.slice(line.indexOf(':') + 1).trim()]));
  const { id, at, from, to } = message;
  return { id, at, from, to, subject, text, html: html || undefined, headers };
}

function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

async function page() {
  const latest = await Promise.all(messages.slice(-100).reverse().map(parsed));
  const items = latest.map((m) => `<article><h2>${escapeHtml(m.subject ?? '')}</h2>
<p>${m.at} · ${escapeHtml(m.from)} → ${escapeHtml(m.to.join(', '))}</p>
<pre>${escapeHtml(m.text ?? '')}</pre></article>`);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Mail</title>
<style>body{font:1rem/1.5 system-ui;max-width:50rem;margin:1rem auto;padding:0 1rem}
article{border-top:1px solid #ccc}h2{font-size:1.1rem}pre{white-space:pre-wrap}</style>
<h1>Mail (${messages.length})</h1>${items.join('\n') || '<p>None yet.</p>'}</html>`;
}

async function readJson(request) {
  let text = '';
  for await (const part of request) {
    text += part;
    if (text.length > BODY_MAX) throw new Error('the body is too large');
  }
  return JSON.parse(text || '{}');
}

async function answer(request) {
  const url = new URL(request.url, 'http://sink');
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /':
      return { type: 'text/html; charset=utf-8', body: await page() };
    case 'GET /messages': {
      const to = url.searchParams.get('to');
      const chosen = messages.filter((m) => to === null || m.to.includes(to));
      return { json: { messages: await Promise.all(chosen.map(parsed)) } };
    }
    case 'DELETE /messages':
      messages.length = 0;
      return { status: 204 };
    case 'PUT /behaviour':
      behaviour = { count: 0, ...await readJson(request) };
      return { status: 204 };
    default:
      return { status: 404, json: { error: 'not found' } };
  }
}

const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  logger: false,
  onRcptTo,
  onData,
});
smtp.on('error', (error) => console.error(error.message));

const http = createServer(async (request, response) => {
  let result;
  try {
    result = await answer(request);
  } catch (error) {
    result = { status: 400, json: { error: error.message } };
  }
  const { status = 200, type = 'application/json', json, body = json && JSON.stringify(json) } = result;
  response.writeHead(status, body === undefined ? {} : { 'Content-Type': type });
  response.end(body);
});

smtp.listen(Number(options.smtp), options.bind);
http.listen(Number(options.http), options.bind, () => {
  console.log(`taking mail at ${options.bind}:${options.smtp}, showing it at http://${options.bind}:${options.http}`);
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    smtp.close();
    http.close();
    http.closeAllConnections();
    setTimeout(() => process.exit(0), 500).unref(); // connections that a client keeps open
  });
}
