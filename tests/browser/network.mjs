// The network between a browser and yingda, as bad as a test wishes: it can be cut, swallow an answer that was given, or bring
// an event that yingda has not got yet. And a shop on the far side of it. Knows nothing of the widget.

import http from 'node:http';
import { once } from 'node:events';

/** Passes everything on to the service at `port`, until it is told otherwise. */
export async function startNetwork(port) {
  const sockets = new Set();
  const streams = new Set();
  let isCut = false;
  let swallowed = () => false;
  const server = http.createServer((request, response) => {
    const onwards = http.request({ host: '127.0.0.1', port, method: request.method, path: request.url, headers: request.headers });
    onwards.on('response', (answer) => {
      if (swallowed(request)) return request.socket.destroy();
      response.writeHead(answer.statusCode, answer.headers);
      if (/event-stream/.test(answer.headers['content-type'])) {
        streams.add(response);
        response.flushHeaders();
      }
      answer.pipe(response);
    });
    onwards.on('error', () => response.destroy());
    response.on('close', () => {
      streams.delete(response);
      onwards.destroy();
    });
    request.pipe(onwards);
  });
  server.on('connection', (socket) => {
    if (isCut) return socket.destroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    cut: () => {
      isCut = true;
      sockets.forEach((socket) => socket.destroy());
    },
    restore: () => { isCut = false; },
    /** The next answer to a request that `matches` is lost, after the service has done what was asked. */
    swallow: (matches) => {
      swallowed = (request) => {
        if (!matches(request)) return false;
        swallowed = () => false;
        return true;
      };
    },
    /** Brings an event to whoever listens. */
    bring: (type, event) => streams.forEach((stream) => stream.write(`event: ${type}\ndata: ${JSON.stringify(event)}\n\n`)),
    nStreams: () => streams.size,
    stop: () => stop(server),
  };
}

/** A shop's page on an origin of its own, with `tag` in it, and with styles that would spoil whatever is not on its guard. */
export async function startShop() {
  let tag = '';
  const server = http.createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(new URL(request.url, 'http://shop').pathname === '/' ? page(tag) : '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${server.address().port}`;
  return { origin, url: `${origin}/`, carry: (carried) => { tag = carried; }, stop: () => stop(server) };
}

const page = (tag) => `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>一家小店</title>
<link rel="icon" href="data:,">
<style>
  * { margin: 7px; } body { font: italic 20px serif; } html > * { opacity: .99; }
  button, div, iframe, svg, [class] { background: red !important; width: 11px !important; position: static !important; }
</style>
</head>
<body>
<h1>一家小店</h1>
<p id="first">商品与订单</p>
${'<p>一段文字。</p>\n'.repeat(40)}
<a id="last" href="#first">回到上面</a>
${tag}
</body>
</html>`;

async function stop(server) {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
