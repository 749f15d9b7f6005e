# server.rb PORT CERTIFICATE KEY CA ROOT: serves the files of ROOT.
require 'openssl'
require 'socket'

port, certificate, key, trust, root = ARGV
context = OpenSSL::SSL::SSLContext.new
context.add_certificate(OpenSSL::X509::Certificate.new(File.read(certificate)),
                        OpenSSL::PKey.read(File.read(key)))
context.session_id_context = 'ciao'
unless trust.empty?
  context.ca_file = trust
  context.verify_mode = OpenSSL::SSL::VERIFY_PEER | OpenSSL::SSL::VERIFY_FAIL_IF_NO_PEER_CERT
end

def serve(connection, root)
  connection.accept
  path = connection.gets("\r\n\r\n").to_s.split[1] or return
  body = File.binread(File.join(root, File.basename(path)))
  connection.write("HTTP/1.1 200 OK\r\nContent-Length: #{body.bytesize}\r\n" \
                   "Connection: close\r\n\r\n", body)
rescue OpenSSL::SSL::SSLError, SystemCallError => e
  warn e.message
ensure
  connection.close
end

listener = TCPServer.new('127.0.0.1', port)
loop do
  plain = listener.accept
  connection = OpenSSL::SSL::SSLSocket.new(plain, context)
  connection.sync_close = true
  Thread.new { serve(connection, root) }
end
