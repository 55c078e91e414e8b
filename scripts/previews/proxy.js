// Gives one program of a user an address of its own, as docs/how-to/previews.md describes: adds Gatehouse's credentials
// and removes the header Content-Security-Policy. It prints its address.
//   node proxy.js GATEHOUSE KEY USER PORT
const http = require('http');
const net = require('net');

const [gatehouse, key, user, port] = process.argv.slice(2);
const {hostname, port: gatehousePort} = new URL(gatehouse);
const credentials = {authorization: 'Bearer ' + key, 'x-user-id': user};
const target = request => `/proxy/${port}${request.url}`;

const server = http.createServer((request, response) => {
  const headers = {...request.headers, ...credentials};
  const options = {hostname, port: gatehousePort, method: request.method, path: target(request), headers};
  const forwarded = http.request(options, answer => {
    delete answer.headers['content-security-policy'];
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  forwarded.on('error', () => response.destroy());
  response.on('close', () => forwarded.destroy());
  request.pipe(forwarded);
});

server.on('upgrade', (request, client, head) => {
  const tunnel = net.connect(gatehousePort, hostname, () => {
    const headers = Object.entries({...request.headers, ...credentials})
      .map(([name, value]) => `${name}: ${value}\r\n`);
    tunnel.write(`${request.method} ${target(request)} HTTP/1.1\r\n${headers.join('')}\r\n`);
    tunnel.write(head);
    tunnel.pipe(client).pipe(tunnel);
  });
  tunnel.on('error', () => client.destroy());
  client.on('error', () => tunnel.destroy());
});

server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
