# client.pl HOST PORT CA CERTIFICATE KEY PATH...: fetches each path, writes the bodies. The sessions
# are taken up again.
use strict;
use warnings;
use IO::Socket::SSL;

my ($host, $port, $trust, $certificate, $key, @paths) = @ARGV;
my $context = IO::Socket::SSL::SSL_Context->new(
  SSL_ca_file => $trust, SSL_verify_mode => SSL_VERIFY_PEER, SSL_session_cache_size => 10,
  ($certificate ? (SSL_cert_file => $certificate, SSL_key_file => $key, SSL_use_cert => 1) : ()))
  or die "context: $SSL_ERROR\n";
binmode STDOUT;
for my $path (@paths) {
  my $connection = IO::Socket::SSL->new(
    PeerHost => $host eq 'localhost' ? '127.0.0.1' : $host, PeerPort => $port,
    SSL_reuse_ctx => $context, SSL_hostname => $host =~ /^[0-9.]+$/ ? '' : $host,
    SSL_verifycn_name => $host, SSL_verifycn_scheme => 'http', SSL_session_key => 'the one')
    or die "connect: $SSL_ERROR\n";
  print $connection "GET $path HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n";
  my $answer = '';
  while (1) {
    my $length = sysread($connection, my $piece, 16384);
    die "read: $!, $SSL_ERROR\n" unless defined $length;
    last unless $length;
    $answer .= $piece;
  }
  $connection->close;
  print((split /\r\n\r\n/, $answer, 2)[1]);
}
