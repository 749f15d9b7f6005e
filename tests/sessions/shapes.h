// Kinds of TLS 1.2 handshakes whose sessions differ in what they hold.
#pragma once

#include <openssl/ssl.h>

#include <string>

namespace sessions {

struct Shape {
  const char* name;
  // Where the certificates are, as tests/harness/certificates.py names them.
  void (*set_client)(SSL_CTX* ctx, const std::string& folder);
  void (*set_server)(SSL_CTX* ctx, const std::string& folder);
  const char* host = nullptr;  // the name that the client asks for
};

// Null for an unknown name.
const Shape* find_shape(const std::string& name);

// What every shape has, and then the shape's own.
void set_client(SSL_CTX* ctx, const Shape& shape, const std::string& folder);
void set_server(SSL_CTX* ctx, const Shape& shape, const std::string& folder);

}  // namespace sessions
