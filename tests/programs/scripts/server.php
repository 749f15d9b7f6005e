<?php
// server.php PORT CERTIFICATE KEY CA ROOT: serves the files of ROOT, one connection at a time.
[, $port, $certificate, $key, $trust, $root] = $argv;
$options = ['local_cert' => $certificate, 'local_pk' => $key, 'verify_peer' => (bool)$trust];
if ($trust) {
  $options += ['cafile' => $trust, 'verify_peer_name' => false];
}
$listener = stream_socket_server("tcp://127.0.0.1:$port", $code, $why,
                                 STREAM_SERVER_BIND | STREAM_SERVER_LISTEN,
                                 stream_context_create(['ssl' => $options]));
if (!$listener) {
  fwrite(STDERR, "listen: $why\n");
  exit(1);
}
while (true) {
  $connection = @stream_socket_accept($listener, -1);
  if (!$connection) {
    continue;
  }
  stream_set_timeout($connection, 10);
  if (stream_socket_enable_crypto($connection, true, STREAM_CRYPTO_METHOD_TLS_SERVER)) {
    $head = '';
    while (!str_contains($head, "\r\n\r\n") && ($line = fgets($connection)) !== false) {
      $head .= $line;
    }
    if (preg_match('{^\S+ /(\S+)}', $head, $found)) {
      $body = file_get_contents("$root/$found[1]");
      fwrite($connection, "HTTP/1.1 200 OK\r\nContent-Length: " . strlen($body) .
             "\r\nConnection: close\r\n\r\n" . $body);
    }
  }
  fclose($connection);
}
