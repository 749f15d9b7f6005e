<?php
// client.php HOST PORT CA CERTIFICATE KEY PATH...: fetches each path, writes the bodies.
[, $host, $port, $trust, $certificate, $key] = $argv;
$options = ['cafile' => $trust, 'peer_name' => $host, 'verify_peer' => true,
            'SNI_enabled' => !preg_match('/^[0-9.]+$/', $host)];
if ($certificate) {
  $options += ['local_cert' => $certificate, 'local_pk' => $key];
}
foreach (array_slice($argv, 6) as $path) {
  $address = $host === 'localhost' ? '127.0.0.1' : $host;
  $connection = stream_socket_client("tls://$address:$port", $code, $why, 20, STREAM_CLIENT_CONNECT,
                                     stream_context_create(['ssl' => $options]));
  if (!$connection) {
    fwrite(STDERR, "connect: $why\n");
    exit(1);
  }
  fwrite($connection, "GET $path HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n");
  $answer = stream_get_contents($connection);
  fclose($connection);
  $parts = explode("\r\n\r\n", $answer, 2);
  if (count($parts) < 2) {
    fwrite(STDERR, "no answer\n");
    exit(1);
  }
  echo $parts[1];
}
