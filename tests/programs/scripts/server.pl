# server.pl PORT CERTIFICATE KEY CA ROOT: serves the files of ROOT, a process for each connection.
use strict;
use warnings;
use IO::Socket::INET;
use IO::Socket::SSL;

my ($port, $certificate, $key, $trust, $root) = @ARGV;
$SIG{CHLD} = 'IGNORE';
$SIG{PIPE} = 'IGNORE';
my $context = IO::Socket::SSL::SSL_Context->new(
  SSL_server => 1, SSL_cert_file => $certificate, SSL_key_file => $key,
  SSL_session_id_context => 'ciao',
  ($trust ? (SSL_ca_file => $trust,
             SSL_verify_mode => SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT) : ()))
  or die "context: $SSL_ERROR\n";
my $listener = IO::Socket::INET->new(
  LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 64, ReuseAddr => 1) or die "listen: $!\n";
while (1) {
  my $plain = $listener->accept or next;
  if (fork) {
    close $plain;
    next;
  }
  my $connection = IO::Socket::SSL->start_SSL($plain, SSL_server => 1, SSL_reuse_ctx => $context);
  if (!$connection) {
    warn "accept: $SSL_ERROR\n";
    exit 1;
  }
  local $/ = "\r\n\r\n";
  my ($path) = (readline($connection) // '') =~ m{^\S+ /(\S+)};
  if (defined $path) {
    local $/;
    open my $file, '<:raw', "$root/$path" or die "$path: $!\n";
    my $body = <$file>;
    print $connection "HTTP/1.1 200 OK\r\nContent-Length: ", length $body,
      "\r\nConnection: close\r\n\r\n", $body;
  }
  $connection->close;
  exit 0;
}
