// What decides whether a handshake begins and how it fails, and what a connection says of itself
// meanwhile: found by tests/differential.
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <string>
#include <vector>

#include "connections.h"

namespace {

using namespace abi;

constexpr int kVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION, 0};

std::string title(const char* what, int version) {
  return std::string(what) + " " + std::to_string(version);
}

// The first reason alone: OpenSSL puts a general one behind some.
void first_reason(const std::string& what) {
  const char* text = ERR_reason_error_string(ERR_peek_error());
  ERR_clear_error();
  line(what + " reason", text);
}

// One call that fails, why, and how many bytes the other end is told.
void failing_step(const std::string& what, SSL* ssl, SSL* other) {
  const int result = SSL_do_handshake(ssl);
  const int error = SSL_get_error(ssl, result);
  first_reason(what);
  line(what, error);
  line(what + " tells the other", BIO_pending(SSL_get_rbio(other)) > 0);
}

// A server that could not serve anybody does not wait for a client, and tells who is there.
void servers_that_cannot_begin() {
  for (const bool client_first : {false, true}) {
    for (const bool without_versions : {false, true}) {
      const Context client_ctx = make_client(0);
      const Context server_ctx = make_server(0);
      if (without_versions) {
        SSL_CTX_set_options(server_ctx.get(), SSL_OP_NO_SSL_MASK);
      } else {
        SSL_CTX_set_ciphersuites(server_ctx.get(), "");
      }
      Pair pair(client_ctx.get(), server_ctx.get());
      if (client_first) SSL_do_handshake(pair.client.get());
      const std::string name = std::string("server without ") +
                               (without_versions ? "versions" : "suites") +
                               (client_first ? ", client first" : "");
      failing_step(name, pair.server.get(), pair.client.get());
    }
  }
}

// SHA-1 is out from security level 1 on: a list of nothing else leaves nothing.
constexpr char kNoSchemes[] = "RSA+SHA1";

void schemes_that_are_not_allowed() {
  for (const int version : kVersions) {
    const Context client_ctx = make_client(version);
    const Context server_ctx = make_server(version);
    SSL_CTX_set1_sigalgs_list(client_ctx.get(), kNoSchemes);
    Pair pair(client_ctx.get(), server_ctx.get());
    const std::string name = title("schemes of a client", version);
    SSL_do_handshake(pair.client.get());
    first_reason(name);
  }
  // For TLS 1.3 alone OpenSSL speaks of the version.
  for (const int version : {TLS1_2_VERSION, 0}) {
    const Context client_ctx = make_client(version);
    const Context server_ctx = make_server(version);
    SSL_CTX_set1_sigalgs_list(server_ctx.get(), kNoSchemes);
    Pair pair(client_ctx.get(), server_ctx.get());
    const std::string name = title("schemes of a server", version);
    line(name + " before", SSL_do_handshake(pair.server.get()));
    SSL_do_handshake(pair.client.get());
    failing_step(name, pair.server.get(), pair.client.get());
  }
}

// From level 5 on no group of the list is strong enough.
void groups_that_are_not_allowed() {
  for (const int version : kVersions) {
    for (const bool client : {true, false}) {
      // OpenSSL's client of TLS 1.2 makes an offer that no server can take (docs/DIFFERENCES.md).
      if (client && version == TLS1_2_VERSION) continue;
      const Context client_ctx = make_client(version);
      const Context server_ctx = make_server(version);
      SSL_CTX* ctx = client ? client_ctx.get() : server_ctx.get();
      SSL_CTX_set1_groups_list(ctx, "X25519");
      SSL_CTX_set_security_level(ctx, 5);
      Pair pair(client_ctx.get(), server_ctx.get());
      const std::string name = title(client ? "groups of a client" : "groups of a server", version);
      SSL_do_handshake(pair.client.get());
      first_reason(name + " client");
      if (!client) failing_step(name, pair.server.get(), pair.client.get());
    }
  }
}

// Lists that are allowed, with nothing in common.
void schemes_that_are_not_shared() {
  for (const int version : kVersions) {
    const Context client_ctx = make_client(version);
    const Context server_ctx = make_server(version);
    SSL_CTX_set1_sigalgs_list(client_ctx.get(), "ECDSA+SHA256:ed25519");
    SSL_CTX_set1_sigalgs_list(server_ctx.get(), "ECDSA+SHA384:rsa_pss_rsae_sha256");
    Pair pair(client_ctx.get(), server_ctx.get());
    SSL_do_handshake(pair.client.get());
    failing_step(title("schemes not shared", version), pair.server.get(), pair.client.get());
  }
}

// The same between versions that are open: TLS 1.3 finds it out, too.
void schemes_that_are_not_shared_in_tls13() {
  for (const bool asked_first : {false, true}) {
    const Context client_ctx = make_client(0);
    const Context server_ctx = make_server(0);
    SSL_CTX_set1_sigalgs_list(client_ctx.get(), "ECDSA+SHA384:rsa_pss_rsae_sha256");
    SSL_CTX_set1_sigalgs_list(server_ctx.get(), "ECDSA+SHA256");
    Pair pair(client_ctx.get(), server_ctx.get());
    if (asked_first) line("asked first", SSL_do_handshake(pair.server.get()));
    SSL_do_handshake(pair.client.get());
    failing_step("schemes not shared in TLS 1.3", pair.server.get(), pair.client.get());
  }
}

constexpr unsigned char kSpoiled[29] = {};

// A record of application data where a handshake message is due.
void data_in_a_handshake() {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const bool client : {true, false}) {
      const Context client_ctx = make_client(version);
      const Context server_ctx = make_server(version);
      Pair pair(client_ctx.get(), server_ctx.get());
      SSL* reader = client ? pair.client.get() : pair.server.get();
      SSL* writer = client ? pair.server.get() : pair.client.get();
      SSL_do_handshake(pair.client.get());
      if (!client) SSL_do_handshake(pair.server.get());
      BIO_write(SSL_get_wbio(writer), "\x17\x03\x03\0\5hello", 10);
      failing_step(title(client ? "data for a client" : "data for a server", version), reader,
                   writer);
    }
  }
}

// A ticket has to verify before anything is said of its session.
void spoiled_ticket_without_a_context() {
  const Context client_ctx = make_client(TLS1_3_VERSION);
  const Context server_ctx = make_context(TLS_server_method(), TLS1_3_VERSION);
  SSL_CTX_use_certificate(server_ctx.get(), certificate());
  SSL_CTX_use_PrivateKey(server_ctx.get(), key());
  SSL_CTX_set_verify(server_ctx.get(), SSL_VERIFY_PEER, nullptr);
  Pair first(client_ctx.get(), server_ctx.get());
  first.handshake("ticket of a server without a context");
  first.read_both();
  const Session session(SSL_get1_session(first.client.get()));
  for (const bool spoiled : {false, true}) {
    if (spoiled) SSL_SESSION_set1_master_key(session.get(), kSpoiled, sizeof kSpoiled);
    Pair pair(client_ctx.get(), server_ctx.get());
    SSL_set_session(pair.client.get(), session.get());
    SSL_do_handshake(pair.client.get());
    failing_step(spoiled ? "spoiled ticket" : "ticket", pair.server.get(), pair.client.get());
  }
}

// It is missed before it is seen that the session is one without the certificate that is demanded.
void ticket_of_nobody_without_a_context() {
  const Context client_ctx = make_client(TLS1_3_VERSION);
  const Context server_ctx = make_context(TLS_server_method(), TLS1_3_VERSION);
  SSL_CTX_use_certificate(server_ctx.get(), certificate());
  SSL_CTX_use_PrivateKey(server_ctx.get(), key());
  Pair first(client_ctx.get(), server_ctx.get());
  first.handshake("ticket of nobody");
  first.read_both();
  const Session session(SSL_get1_session(first.client.get()));
  SSL_CTX_set_verify(server_ctx.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  Pair pair(client_ctx.get(), server_ctx.get());
  SSL_set_session(pair.client.get(), session.get());
  SSL_do_handshake(pair.client.get());
  failing_step("ticket of nobody", pair.server.get(), pair.client.get());
}

int on_name_that_is_refused(SSL* ssl, int*, void* other) {
  SSL_set_SSL_CTX(ssl, static_cast<SSL_CTX*>(other));
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

// A handshake counts where the callback for its name has put it, even if it ends there.
void start_under_a_name_that_is_refused() {
  for (const int version : kVersions) {
    const Context client_ctx = make_client(version);
    const Context server_ctx = make_server(version);
    const Context other_ctx = make_server(version);
    SSL_CTX_set_tlsext_servername_callback(server_ctx.get(), on_name_that_is_refused);
    SSL_CTX_set_tlsext_servername_arg(server_ctx.get(), other_ctx.get());
    Pair pair(client_ctx.get(), server_ctx.get());
    SSL_do_handshake(pair.client.get());
    const std::string name = title("refused name", version);
    failing_step(name, pair.server.get(), pair.client.get());
    line(name + " starts here", SSL_CTX_sess_accept(server_ctx.get()));
    line(name + " starts there", SSL_CTX_sess_accept(other_ctx.get()));
  }
}

// A request for a certificate names the schemes of the application's list, or is not made.
void schemes_of_a_request() {
  for (const int version : kVersions) {
    const Context client_ctx = make_client(version);
    const Context server_ctx = make_server(version);
    SSL_CTX_set_verify(server_ctx.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set1_client_sigalgs_list(server_ctx.get(), kNoSchemes);
    Pair pair(client_ctx.get(), server_ctx.get());
    SSL_do_handshake(pair.client.get());
    failing_step(title("schemes of a request", version), pair.server.get(), pair.client.get());
  }
}

int on_status(SSL* ssl, void* answer) {
  const unsigned char* response = nullptr;
  line("status callback: reused", SSL_session_reused(ssl));
  line("status callback: response", SSL_get_tlsext_status_ocsp_resp(ssl, &response));
  return *static_cast<int*>(answer);
}

// A client's callback is asked for resumptions of TLS 1.3, too.
void status_of_a_resumption() {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (int answer : {1, 0, -1}) {
      const Context client_ctx = make_client(version);
      const Context server_ctx = make_server(version);
      Pair first(client_ctx.get(), server_ctx.get());
      const std::string name = title("status", version) + " answer " + std::to_string(answer);
      first.handshake(name);
      first.read_both();
      const Session session(SSL_get1_session(first.client.get()));
      SSL_CTX_set_tlsext_status_cb(client_ctx.get(), on_status);
      SSL_CTX_set_tlsext_status_arg(client_ctx.get(), &answer);
      SSL_CTX_set_tlsext_status_type(client_ctx.get(), TLSEXT_STATUSTYPE_ocsp);
      Pair second(client_ctx.get(), server_ctx.get());
      SSL_set_session(second.client.get(), session.get());
      second.handshake(name + " again");
    }
  }
}

// Versions that are switched off after the handshake are off for the next one.
void suites_after_a_change() {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const Context client_ctx = make_client(version);
    const Context server_ctx = make_server(version);
    SSL_CTX_set_cipher_list(client_ctx.get(), "ECDHE+AESGCM");
    SSL_CTX_set_cipher_list(server_ctx.get(), "ECDHE+AESGCM");
    Pair pair(client_ctx.get(), server_ctx.get());
    const std::string name = title("supported", version);
    pair.handshake(name);
    for (SSL* ssl : {pair.client.get(), pair.server.get()}) {
      SSL_set_options(ssl, SSL_OP_NO_SSL_MASK);
      STACK_OF(SSL_CIPHER)* supported = SSL_get1_supported_ciphers(ssl);
      line(name, sk_SSL_CIPHER_num(supported));
      sk_SSL_CIPHER_free(supported);
    }
  }
}

// A server's answer goes by what its clients may sign with.
void suites_and_clients_schemes() {
  for (const bool server : {false, true}) {
    const Context ctx = server ? make_server(TLS1_2_VERSION) : make_client(TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(ctx.get(), "ECDHE+AESGCM");
    SSL_CTX_set1_client_sigalgs_list(ctx.get(), "ECDSA+SHA256");
    const Connection ssl(SSL_new(ctx.get()));
    server ? SSL_set_accept_state(ssl.get()) : SSL_set_connect_state(ssl.get());
    STACK_OF(SSL_CIPHER)* supported = SSL_get1_supported_ciphers(ssl.get());
    line(server ? "supported by a server" : "supported by a client", sk_SSL_CIPHER_num(supported));
    sk_SSL_CIPHER_free(supported);
  }
}

void name_that_is_set_at_a_server() {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const Context client_ctx = make_client(version);
    const Context server_ctx = make_server(version);
    Pair pair(client_ctx.get(), server_ctx.get());
    const std::string name = title("name at a server", version);
    SSL* server = pair.server.get();
    SSL_set_tlsext_host_name(server, "example.com");
    line(name, SSL_get_servername(server, TLSEXT_NAMETYPE_host_name));
    line(name + " type", SSL_get_servername_type(server));
    SSL_do_handshake(server);
    line(name + " waiting", SSL_get_servername(server, TLSEXT_NAMETYPE_host_name));
    pair.handshake(name);
    line(name + " after", SSL_get_servername(server, TLSEXT_NAMETYPE_host_name));
  }
}

// Flags do not turn DANE on; a matching type does.
void dane_by_flags() {
  for (const bool type_set : {false, true}) {
    const Context ctx = make_client(0);
    SSL_CTX_dane_set_flags(ctx.get(), DANE_FLAG_NO_DANE_EE_NAMECHECKS);
    if (type_set) line("dane type", SSL_CTX_dane_mtype_set(ctx.get(), EVP_sha512(), 3, 1));
    const Connection ssl(SSL_new(ctx.get()));
    line(type_set ? "dane by a type" : "dane by flags", SSL_dane_enable(ssl.get(), "example.com"));
  }
}

void name_of_a_copy() {
  const Context client_ctx = make_client(0);
  const Connection ssl(SSL_new(client_ctx.get()));
  SSL_set_tlsext_host_name(ssl.get(), "example.com");
  const Connection copy(SSL_dup(ssl.get()));
  line("name of a copy", SSL_get_servername(copy.get(), TLSEXT_NAMETYPE_host_name));
  line("name of the original", SSL_get_servername(ssl.get(), TLSEXT_NAMETYPE_host_name));
}

// -1 as long as a ticket is on its way.
void support_while_a_ticket_is_sent() {
  const Context client_ctx = make_client(TLS1_3_VERSION);
  const Context server_ctx = make_server(TLS1_3_VERSION);
  Pair pair(client_ctx.get(), server_ctx.get());
  pair.handshake("ticket");
  SSL* server = pair.server.get();
  BIO *narrow = nullptr, *end = nullptr;
  BIO_new_bio_pair(&narrow, 1, &end, 1);
  SSL_set0_wbio(server, narrow);
  line("ticket asked for", SSL_new_session_ticket(server));
  const int result = SSL_do_handshake(server);
  line("ticket sent", SSL_get_error(server, result));
  line("ticket in init", SSL_in_init(server));
  line("ticket extms", SSL_get_extms_support(server));
  BIO_free(end);
}

// A session that is asked for before there is an answer is one of the version that SSL_version
// says.
void session_midway() {
  for (const int version : kVersions) {
    const Context client_ctx = make_client(version);
    const Context server_ctx = make_server(version);
    Pair pair(client_ctx.get(), server_ctx.get());
    SSL_do_handshake(pair.client.get());
    const Session session(SSL_get1_session(pair.client.get()));
    line(title("session midway", version), SSL_SESSION_get_protocol_version(session.get()));
    line(title("session midway", version) + " resumable", SSL_SESSION_is_resumable(session.get()));
    pair.handshake(title("session midway", version));
    line(title("session midway", version) + " after",
         SSL_SESSION_get_protocol_version(SSL_get_session(pair.client.get())));
  }
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  servers_that_cannot_begin();
  schemes_that_are_not_allowed();
  groups_that_are_not_allowed();
  schemes_that_are_not_shared();
  schemes_that_are_not_shared_in_tls13();
  data_in_a_handshake();
  spoiled_ticket_without_a_context();
  ticket_of_nobody_without_a_context();
  start_under_a_name_that_is_refused();
  schemes_of_a_request();
  status_of_a_resumption();
  suites_after_a_change();
  suites_and_clients_schemes();
  name_that_is_set_at_a_server();
  name_of_a_copy();
  dane_by_flags();
  support_while_a_ticket_is_sent();
  session_midway();
  return 0;
}
