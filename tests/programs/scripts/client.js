// client.js HOST PORT CA CERTIFICATE KEY PATH...: fetches each path, writes the bodies. The agent
// takes the sessions up again.
'use strict';
const fs = require('fs');
const https = require('https');

const [host, port, trust, certificate, key, ...paths] = process.argv.slice(2);
const agent = new https.Agent({
  ca: fs.readFileSync(trust),
  ...(certificate ? {cert: fs.readFileSync(certificate), key: fs.readFileSync(key)} : {}),
});

function fetched(path) {
  return new Promise((resolve, reject) => {
    const options = {
      host: host === 'localhost' ? '127.0.0.1' : host, servername: host === 'localhost' ? host : '',
      port, path, agent, headers: {host, connection: 'close'},
    };
    https.get(options, (answer) => {
      const pieces = [];
      answer.on('data', (piece) => pieces.push(piece));
      answer.on('end', () => resolve(Buffer.concat(pieces)));
      answer.on('error', reject);
    }).on('error', reject);
  });
}

(async () => {
  for (const path of paths) process.stdout.write(await fetched(path));
})().catch((error) => {
  console.error(error.code, error.message);
  process.exitCode = 1;
});
