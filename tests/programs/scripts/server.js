// server.js PORT CERTIFICATE KEY CA ROOT: serves the files of ROOT.
'use strict';
const fs = require('fs');
const https = require('https');
const path = require('path');

const [port, certificate, key, trust, root] = process.argv.slice(2);
const server = https.createServer({
  cert: fs.readFileSync(certificate), key: fs.readFileSync(key),
  ...(trust ? {ca: fs.readFileSync(trust), requestCert: true, rejectUnauthorized: true} : {}),
}, (request, answer) => {
  const body = fs.readFileSync(path.join(root, path.basename(request.url)));
  answer.writeHead(200, {'content-length': body.length, 'connection': 'close'});
  answer.end(body);
});
server.on('tlsClientError', (error) => console.error(error.code, error.message));
server.listen(Number(port), '127.0.0.1');
