// SSL_CTX_set_alpn_protos(3), SSL_select_next_proto(3).
#include <openssl/ssl.h>

#include "libssl/entry.h"
#include "libssl/owner.h"

namespace ciao::tls {
namespace {

// RFC 7301 §3.1: ProtocolNames of 1 to 255 bytes, with their lengths, and nothing else.
bool is_protocol_list(ByteView list) {
  if (list.size() < 2) return false;
  std::size_t at = 0;
  while (at < list.size()) {
    if (list[at] == 0) return false;
    at += 1u + list[at];
  }
  return at == list.size();
}

// These two answer 0 for success.
template <class Owner>
int set_protocols(Owner* owner, const unsigned char* protos, unsigned int size) {
  return guard(1, [&] {
    const ByteView list(protos, protos != nullptr ? size : 0);
    if (!list.empty() && !is_protocol_list(list)) return 1;
    edit_config(owner).alpn = to_bytes(list);
    return 0;
  });
}

// The next name of a list; false at its end, or where a name is cut off.
bool next_name(ByteView& list, ByteView& name) {
  if (list.empty() || list.size() <= list[0]) return false;
  name = list.subspan(1, list[0]);
  list = list.subspan(1 + name.size());
  return true;
}

bool contains(ByteView list, ByteView wanted) {
  ByteView name;
  while (next_name(list, name)) {
    if (equal(name, wanted)) return true;
  }
  return false;
}

}  // namespace
}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" {

int SSL_CTX_set_alpn_protos(SSL_CTX* ctx, const unsigned char* protos, unsigned int protos_len) {
  return set_protocols(ctx, protos, protos_len);
}

int SSL_set_alpn_protos(SSL* ssl, const unsigned char* protos, unsigned int protos_len) {
  return set_protocols(ssl, protos, protos_len);
}

void SSL_CTX_set_alpn_select_cb(SSL_CTX* ctx, SSL_CTX_alpn_select_cb_func cb, void* arg) {
  ctx->alpn_select = {cb, arg};
}

void SSL_get0_alpn_selected(const SSL* ssl, const unsigned char** data, unsigned int* len) {
  const Bytes& selected = ssl->connection.negotiated().alpn;
  *data = selected.empty() ? nullptr : selected.data();
  *len = static_cast<unsigned int>(selected.size());
}

// The server's first protocol that the client has too; else the client's first. Names without
// bytes and cut off names are passed over.
int SSL_select_next_proto(unsigned char** out, unsigned char* outlen, const unsigned char* server,
                          unsigned int server_len, const unsigned char* client,
                          unsigned int client_len) {
  const ByteView offered(client, client != nullptr ? client_len : 0);
  const auto answer = [&](ByteView name) {
    *out = const_cast<unsigned char*>(name.data());
    *outlen = static_cast<unsigned char>(name.size());
  };
  answer({});
  ByteView rest = offered;
  ByteView first;
  if (!next_name(rest, first) || first.empty()) return OPENSSL_NPN_NO_OVERLAP;
  ByteView own(server, server != nullptr ? server_len : 0);
  ByteView name;
  while (next_name(own, name)) {
    if (name.empty() || !contains(offered, name)) continue;
    answer(name);
    return OPENSSL_NPN_NEGOTIATED;
  }
  answer(first);
  return OPENSSL_NPN_NO_OVERLAP;
}

// --- next protocol negotiation, of TLS 1.2 only -------------------------------------------------

void SSL_CTX_set_next_protos_advertised_cb(SSL_CTX* s, SSL_CTX_npn_advertised_cb_func cb,
                                           void* arg) {
  s->npn_advertised = {cb, arg};
}

void SSL_CTX_set_next_proto_select_cb(SSL_CTX* s, SSL_CTX_npn_select_cb_func cb, void* arg) {
  s->npn_select = {cb, arg};
}

void SSL_get0_next_proto_negotiated(const SSL* s, const unsigned char** data, unsigned* len) {
  const Bytes& selected = s->connection.negotiated().next_protocol;
  *data = selected.empty() ? nullptr : selected.data();
  *len = static_cast<unsigned int>(selected.size());
}

}  // extern "C"
