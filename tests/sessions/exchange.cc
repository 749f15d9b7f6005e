// Sessions and tickets from one library to another under the same ticket keys:
//   exchange make FILE     a handshake; the client's session goes into FILE
//   exchange resume FILE   offers that session to a server of this library
// The second exits with 0 when the session was resumed.
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cstdio>
#include <cstring>

#include "duo.h"

namespace {

using namespace sessions;

Context server_with_keys() {
  Context server = make_server();
  unsigned char keys[80];
  for (unsigned char i = 0; i < sizeof keys; ++i) keys[i] = static_cast<unsigned char>(3 * i + 1);
  if (SSL_CTX_set_tlsext_ticket_keys(server.get(), keys, sizeof keys) != 1) return nullptr;
  return server;
}

int make(const char* path) {
  Duo duo = handshake(make_client(), server_with_keys());
  if (!duo.established) return 1;
  const Session session = duo.session();
  duo.close();
  std::FILE* file = std::fopen(path, "w");
  if (file == nullptr) return 1;
  const int written = PEM_write_SSL_SESSION(file, session.get());
  return std::fclose(file) == 0 && written == 1 ? 0 : 1;
}

int resume(const char* path) {
  std::FILE* file = std::fopen(path, "r");
  if (file == nullptr) return 1;
  const Session session(PEM_read_SSL_SESSION(file, nullptr, nullptr, nullptr));
  std::fclose(file);
  if (!session) return 1;
  const Duo duo = handshake(make_client(), server_with_keys(), session.get());
  return duo.established && duo.reused() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "make") == 0) return make(argv[2]);
  if (argc == 3 && std::strcmp(argv[1], "resume") == 0) return resume(argv[2]);
  std::fprintf(stderr, "usage: exchange make|resume FILE\n");
  return 2;
}
