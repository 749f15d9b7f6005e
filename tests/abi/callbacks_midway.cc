// What callbacks change while a handshake runs: certificates, the session context, tickets; and
// what depends on how far it is, exported secrets and Finished.
#include <openssl/ssl.h>

#include <string>

#include "connections.h"

namespace {

using namespace abi;

constexpr int kVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

std::string version_name(int version) { return version == TLS1_2_VERSION ? "1.2 " : "1.3 "; }

const unsigned char* bytes_of(const char* text) {
  return reinterpret_cast<const unsigned char*>(text);
}

int verify_anything(int, X509_STORE_CTX*) { return 1; }

// --- certificates ---

struct Second {
  Key key{EVP_EC_gen("P-256")};
  Certificate certificate = make_certificate(key.get());
  bool cleared = false;  // not even that is there

  void use(SSL* ssl) {
    SSL_certs_clear(ssl);
    if (cleared) return;
    SSL_use_certificate(ssl, certificate.get());
    SSL_use_PrivateKey(ssl, key.get());
  }
};

int on_alpn(SSL* ssl, const unsigned char** out, unsigned char* size, const unsigned char* offered,
            unsigned int, void* second) {
  static_cast<Second*>(second)->use(ssl);
  *size = offered[0];
  *out = offered + 1;
  return SSL_TLSEXT_ERR_OK;
}

int on_status(SSL* ssl, void* second) {
  static_cast<Second*>(second)->use(ssl);
  return SSL_TLSEXT_ERR_NOACK;
}

void certificate_set_in(const std::string& title, int version, bool in_alpn, bool cleared) {
  const Context client = make_client(version);
  const Context server = make_server(version);
  Second second;
  second.cleared = cleared;
  SSL_CTX_set_alpn_protos(client.get(), bytes_of("\x02h2"), 3);
  SSL_CTX_set_tlsext_status_type(client.get(), TLSEXT_STATUSTYPE_ocsp);
  if (in_alpn) {
    SSL_CTX_set_alpn_select_cb(server.get(), on_alpn, &second);
  } else {
    SSL_CTX_set_tlsext_status_cb(server.get(), on_status);
    SSL_CTX_set_tlsext_status_arg(server.get(), &second);
  }
  Pair pair(client.get(), server.get());
  pair.handshake(title);
  const X509* seen = SSL_get0_peer_certificate(pair.client.get());
  line(title + " second shown", seen != nullptr && X509_cmp(seen, second.certificate.get()) == 0);
}

// --- session contexts ---

std::string context_to_set;

int on_client_hello(SSL* ssl, int*, void*) {
  SSL_set_session_id_context(ssl, bytes_of(context_to_set.data()),
                             static_cast<unsigned>(context_to_set.size()));
  return SSL_CLIENT_HELLO_SUCCESS;
}

void show_context(const std::string& title, SSL* ssl) {
  const SSL_SESSION* session = SSL_get_session(ssl);
  if (session == nullptr) return;
  unsigned size = 0;
  const unsigned char* context = SSL_SESSION_get0_id_context(session, &size);
  line(title + " context", std::string(reinterpret_cast<const char*>(context), size));
}

Session newest;

int keep_session(SSL*, SSL_SESSION* session) {
  newest.reset(session);
  return 1;
}

Context make_keeping_client(int version) {
  Context client = make_client(version);
  SSL_CTX_set_session_cache_mode(client.get(),
                                 SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
  SSL_CTX_sess_set_new_cb(client.get(), keep_session);
  newest.reset();
  return client;
}

void connect(const std::string& title, const Context& client, const Context& server) {
  const Session offered = std::move(newest);
  Pair pair(client.get(), server.get());
  if (offered) SSL_set_session(pair.client.get(), offered.get());
  if (!pair.handshake(title)) return;
  pair.read_both();
  const bool reused = SSL_session_reused(pair.server.get()) == 1;
  line(title + " reused", reused);
  show_context(title, pair.server.get());
  std::size_t size = 0;
  const unsigned char* ticket = nullptr;
  if (newest) SSL_SESSION_get0_ticket(newest.get(), &ticket, &size);
  // What a ticket of TLS 1.2 renews is no new session to OpenSSL's client.
  if (!reused) line(title + " new session", newest != nullptr);
  if (!reused) line(title + " with a ticket", size != 0);
}

void context_set_in_a_callback(int version) {
  const std::string title = version_name(version) + "session context";
  const Context client = make_keeping_client(version);
  const Context server = make_server(version);
  SSL_CTX_set_verify(server.get(), SSL_VERIFY_PEER, verify_anything);
  SSL_CTX_set_client_hello_cb(server.get(), on_client_hello, nullptr);
  int round = 0;
  for (const char* context : {"tenant-1", "tenant-1", "tenant-2", ""}) {
    context_to_set = context;
    connect(title + " round " + std::to_string(round++), client, server);
  }
}

// --- tickets ---

SSL_TICKET_RETURN ticket_answer;

int on_new_ticket(SSL*, void*) { return 1; }

SSL_TICKET_RETURN on_ticket(SSL*, SSL_SESSION* session, const unsigned char*, std::size_t size,
                            SSL_TICKET_STATUS status, void*) {
  line("ticket callback status", status);
  line("ticket callback session", session != nullptr);
  line("ticket callback name size", size);
  return ticket_answer;
}

void ticket_callback(int version, SSL_TICKET_RETURN first, SSL_TICKET_RETURN second, bool cache) {
  const std::string title = version_name(version) + "ticket callback " + std::to_string(first) +
                            "," + std::to_string(second) + (cache ? " cache" : "");
  const Context client = make_keeping_client(version);
  const Context server = make_server(version);
  if (!cache) SSL_CTX_set_session_cache_mode(server.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_session_ticket_cb(server.get(), on_new_ticket, on_ticket, nullptr);
  ticket_answer = first;
  connect(title + " first", client, server);
  ticket_answer = second;
  connect(title + " second", client, server);
}

// --- what the peer listed ---

void show_point_formats(const std::string& title, SSL* ssl) {
  // OpenSSL lists deprecated formats, too, behind the one that is not.
  const char* formats = nullptr;
  const long count = SSL_get0_ec_point_formats(ssl, &formats);
  line(title, count > 0 ? static_cast<int>(formats[0]) : -1);
}

void point_formats(int client_version, const char* suite) {
  const std::string title = version_name(client_version) + "point formats " + suite;
  const Context client(SSL_CTX_new(TLS_client_method()));
  const Context server = make_server(client_version);
  SSL_CTX_set_cipher_list(client.get(), suite);
  Pair pair(client.get(), server.get());
  show_point_formats(title + " before", pair.client.get());
  pair.handshake(title);
  show_point_formats(title + " of the client", pair.server.get());
  show_point_formats(title + " of the server", pair.client.get());
}

// --- exported secrets ---

void export_secret(const std::string& title, SSL* ssl, const std::string& label,
                   std::size_t size = 16) {
  unsigned char out[64] = {};
  ERR_clear_error();
  const int result =
      SSL_export_keying_material(ssl, out, size, label.data(), label.size(), bytes_of("c"), 1, 1);
  // What libcrypto says below it is its own affair.
  const int reason = ERR_GET_REASON(ERR_peek_last_error());
  ERR_clear_error();
  const std::string what = title + " '" + label.substr(0, 30) + "'";
  line(what, result);
  line(what + " reason", reason);
}

void exported_secrets(int version) {
  const std::string title = version_name(version) + "export";
  const Context client = make_client(version);
  const Context server = make_server(version);
  Pair pair(client.get(), server.get());
  export_secret(title + " before", pair.client.get(), "EXPORTER-x");
  SSL_do_handshake(pair.client.get());
  ERR_clear_error();
  export_secret(title + " behind ClientHello", pair.client.get(), "EXPORTER-x");
  pair.handshake(title);
  for (const char* label :
       {"EXPORTER-x", "", "client finished", "server finished", "master secret",
        "extended master secret", "key expansion", "key expansions", "master secre"}) {
    export_secret(title, pair.client.get(), label);
    export_secret(title + " server's", pair.server.get(), label);
  }
  export_secret(title + " long label", pair.client.get(), std::string(249, 'l'));
  if (version == TLS1_3_VERSION) {
    export_secret(title + " too long label", pair.client.get(), std::string(250, 'l'));
  } else {
    export_secret(title + " nothing", pair.client.get(), "EXPORTER-x", 0);
  }
}

// --- Finished ---

std::string finished_of(std::size_t (*getter)(const SSL*, void*, std::size_t), SSL* ssl) {
  char out[64] = {};
  return std::string(out, getter(ssl, out, sizeof out));
}

void compare_finished(const std::string& title, SSL* sender, SSL* receiver) {
  const std::string own = finished_of(SSL_get_finished, sender);
  line(title + " size", own.size());
  line(title + " agrees", own == finished_of(SSL_get_peer_finished, receiver));
}

void finished_after_late_authentication() {
  const std::string title = "late authentication: Finished";
  const Context client = make_client(TLS1_3_VERSION);
  const Context server = make_server(TLS1_3_VERSION);
  SSL_CTX_set_post_handshake_auth(client.get(), 1);
  SSL_CTX_use_certificate(client.get(), certificate());
  SSL_CTX_use_PrivateKey(client.get(), key());
  SSL_CTX_set_verify(server.get(), SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE, verify_anything);
  Pair pair(client.get(), server.get());
  pair.handshake(title);
  // Asked for in the first handshake; what is said since does not take that back.
  SSL_set_post_handshake_auth(pair.client.get(), 0);
  pair.read_both();
  const std::string before = finished_of(SSL_get_finished, pair.client.get());
  line(title + " asked", SSL_verify_client_post_handshake(pair.server.get()));
  line(title + " sent", SSL_do_handshake(pair.server.get()));
  pair.read_both();
  line(title + " peer", SSL_get0_peer_certificate(pair.server.get()) != nullptr);
  compare_finished(title + " client's", pair.client.get(), pair.server.get());
  compare_finished(title + " server's", pair.server.get(), pair.client.get());
  line(title + " is new", before != finished_of(SSL_get_finished, pair.client.get()));
}

void finished_in_a_renegotiation() {
  const std::string title = "renegotiation: Finished";
  const Context client = make_client(TLS1_2_VERSION);
  const Context server = make_server(TLS1_2_VERSION);
  SSL_CTX_set_options(server.get(), SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
  Pair pair(client.get(), server.get());
  pair.handshake(title);
  const std::string own = finished_of(SSL_get_finished, pair.server.get());
  const std::string peers = finished_of(SSL_get_peer_finished, pair.server.get());
  SSL_renegotiate(pair.client.get());
  SSL_do_handshake(pair.client.get());
  char byte = 0;
  SSL_read(pair.server.get(), &byte, 1);
  ERR_clear_error();
  line(title + " in the middle", SSL_in_init(pair.server.get()));
  line(title + " own is the old one", own == finished_of(SSL_get_finished, pair.server.get()));
  line(title + " peer's is the old one",
       peers == finished_of(SSL_get_peer_finished, pair.server.get()));
}

}  // namespace

int main() {
  for (const int version : kVersions) {
    certificate_set_in(version_name(version) + "certificate in ALPN", version, true, false);
    certificate_set_in(version_name(version) + "certificate in status", version, false, false);
    context_set_in_a_callback(version);
    exported_secrets(version);
    point_formats(version, "ECDHE-ECDSA-AES128-GCM-SHA256");
    for (const SSL_TICKET_RETURN second :
         {SSL_TICKET_RETURN_ABORT, SSL_TICKET_RETURN_IGNORE, SSL_TICKET_RETURN_IGNORE_RENEW,
          SSL_TICKET_RETURN_USE, SSL_TICKET_RETURN_USE_RENEW}) {
      for (const bool cache : {true, false}) {
        ticket_callback(version, second, second, cache);
        ticket_callback(version, SSL_TICKET_RETURN_IGNORE_RENEW, second, cache);
      }
    }
  }
  // In TLS 1.2 OpenSSL finds out too late to say it well.
  certificate_set_in("1.3 none in ALPN", TLS1_3_VERSION, true, true);
  finished_after_late_authentication();
  finished_in_a_renegotiation();
}
