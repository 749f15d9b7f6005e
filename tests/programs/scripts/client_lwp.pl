# client_lwp.pl HOST PORT CA CERTIFICATE KEY PATH...: fetches each path, writes the bodies.
use strict;
use warnings;
use LWP::UserAgent;

my ($host, $port, $trust, $certificate, $key, @paths) = @ARGV;
my $agent = LWP::UserAgent->new(
  timeout => 30,
  ssl_opts => {
    verify_hostname => 1, SSL_ca_file => $trust,
    ($certificate ? (SSL_cert_file => $certificate, SSL_key_file => $key, SSL_use_cert => 1) : ()),
  });
binmode STDOUT;
for my $path (@paths) {
  my $answer = $agent->get("https://$host:$port$path", Connection => 'close');
  die $answer->status_line, "\n" unless $answer->is_success;
  my $length = $answer->header('Content-Length');
  die "aborted: ", $answer->header('X-Died') // 'short', "\n"
    if $answer->header('Client-Aborted') || defined $length && $length != length $answer->content;
  print $answer->content;
}
