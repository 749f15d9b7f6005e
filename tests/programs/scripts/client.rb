# client.rb HOST PORT CA CERTIFICATE KEY PATH...: fetches each path, writes the bodies. The sessions
# are taken up again.
require 'openssl'
require 'socket'

host, port, trust, certificate, key, *paths = ARGV
context = OpenSSL::SSL::SSLContext.new
context.set_params(ca_file: trust, verify_mode: OpenSSL::SSL::VERIFY_PEER)
context.session_cache_mode = OpenSSL::SSL::SSLContext::SESSION_CACHE_CLIENT
session = nil
# TLS 1.3 brings sessions after the handshake.
context.session_new_cb = ->((_, made)) { session = made }
unless certificate.empty?
  context.add_certificate(OpenSSL::X509::Certificate.new(File.read(certificate)),
                          OpenSSL::PKey.read(File.read(key)))
end
$stdout.binmode
paths.each do |path|
  plain = TCPSocket.new(host == 'localhost' ? '127.0.0.1' : host, port)
  connection = OpenSSL::SSL::SSLSocket.new(plain, context)
  connection.sync_close = true
  connection.hostname = host unless host =~ /\A[0-9.]+\z/
  connection.session = session if session
  connection.connect
  connection.post_connection_check(host)
  connection.write("GET #{path} HTTP/1.1\r\nHost: #{host}\r\nConnection: close\r\n\r\n")
  body = connection.read.b.split("\r\n\r\n", 2)[1]
  connection.close
  $stdout.write(body)
end
