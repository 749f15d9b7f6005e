// What can be asked: of contexts, of connections at any time.
#include <algorithm>

#include "operation.h"

namespace ciao::differential {
namespace {

constexpr const char* kCiphersLeftOut[] = {"ARIA", "CAMELLIA", "SEED"};

// Suites with RSA key exchange are left out: on ciao they are there when they are named. So are
// those of SRP.
std::string names(const STACK_OF(SSL_CIPHER) * list) {
  std::string text;
  for (int i = 0; i < sk_SSL_CIPHER_num(list); ++i) {
    const SSL_CIPHER* suite = sk_SSL_CIPHER_value(list, i);
    const int exchange = SSL_CIPHER_get_kx_nid(suite);
    if (exchange == NID_kx_rsa || exchange == NID_kx_rsa_psk || exchange == NID_kx_srp) {
      continue;
    }
    text += std::string(" ") + SSL_CIPHER_get_name(suite);
  }
  return text;
}

// What ciao never offers (docs/DIFFERENCES.md).
bool is_offered(const SSL_CIPHER* suite) {
  const int authentication = SSL_CIPHER_get_auth_nid(suite);
  if (authentication == NID_auth_null || authentication == NID_auth_dss ||
      SSL_CIPHER_get_bits(suite, nullptr) == 0) {
    return false;
  }
  const std::string name = SSL_CIPHER_get_name(suite);
  return std::ranges::none_of(
      kCiphersLeftOut, [&](const char* cipher) { return name.find(cipher) != std::string::npos; });
}

std::string offered_names(const STACK_OF(SSL_CIPHER) * list) {
  STACK_OF(SSL_CIPHER)* offered = sk_SSL_CIPHER_new_null();
  for (int i = 0; i < sk_SSL_CIPHER_num(list); ++i) {
    const SSL_CIPHER* suite = sk_SSL_CIPHER_value(list, i);
    if (is_offered(suite)) sk_SSL_CIPHER_push(offered, suite);
  }
  std::string text = names(offered);
  sk_SSL_CIPHER_free(offered);
  return text;
}

void context(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  CALL(world, SSL_CTX_get_options, ctx);
  CALL1(world, SSL_CTX_get_mode, ctx);
  CALL1(world, SSL_CTX_get_min_proto_version, ctx);
  CALL1(world, SSL_CTX_get_max_proto_version, ctx);
  CALL(world, SSL_CTX_get_verify_mode, ctx);
  CALL(world, SSL_CTX_get_verify_depth, ctx);
  CALL1(world, SSL_CTX_get_max_cert_list, ctx);
  CALL(world, SSL_CTX_get0_certificate, ctx);
  CALL(world, SSL_CTX_get0_privatekey, ctx);
  world.note("authorities " + std::to_string(sk_X509_NAME_num(SSL_CTX_get_client_CA_list(ctx))));
  world.note("suites" + names(SSL_CTX_get_ciphers(ctx)));
}

void statistics(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  CALL1(world, SSL_CTX_sess_number, ctx);
  CALL1(world, SSL_CTX_sess_connect, ctx);
  CALL1(world, SSL_CTX_sess_connect_good, ctx);
  CALL1(world, SSL_CTX_sess_connect_renegotiate, ctx);
  CALL1(world, SSL_CTX_sess_accept, ctx);
  CALL1(world, SSL_CTX_sess_accept_good, ctx);
  CALL1(world, SSL_CTX_sess_accept_renegotiate, ctx);
  CALL1(world, SSL_CTX_sess_hits, ctx);
  CALL1(world, SSL_CTX_sess_cb_hits, ctx);
  CALL1(world, SSL_CTX_sess_misses, ctx);
  CALL1(world, SSL_CTX_sess_timeouts, ctx);
  CALL1(world, SSL_CTX_sess_cache_full, ctx);
}

void negotiated(World& world, Arguments& draw) {
  SSL* ssl = world.connection(draw);
  if (ssl == nullptr) return;
  CALL(world, SSL_is_server, ssl);
  // At other times 3.0 tells what it knows from the session that is set.
  const bool established = SSL_is_init_finished(ssl) == 1;
  if (established) {
    CALL(world, SSL_version, ssl);
    CALL(world, SSL_client_version, ssl);
    CALL(world, SSL_get_current_cipher, ssl);
    CALL(world, SSL_get_pending_cipher, ssl);
  }
  // A server's is that of the connection before SSL_clear until it knows better.
  if (established || SSL_is_server(ssl) == 0) {
    CALL(world, SSL_get_servername, ssl, TLSEXT_NAMETYPE_host_name);
    CALL(world, SSL_get_servername_type, ssl);
  }
  if (established && SSL_get_session(ssl) != nullptr)
    CALL1(world, SSL_get_negotiated_group, ssl);  // or 3.0 crashes
  const int group = static_cast<int>(draw.below(4)) - 1;
  // 3.0 keeps what the client offered over SSL_clear, and of a handshake that fails it knows more
  // or less.
  if (established) CALL2(world, SSL_get_shared_group, ssl, group);
  if (established) {
    CALL1(world, SSL_get_extms_support, ssl);
    CALL1(world, SSL_get_secure_renegotiation_support, ssl);
  }
  CALL1(world, SSL_num_renegotiations, ssl);
  CALL1(world, SSL_total_renegotiations, ssl);
  int nid = -1;
  const auto where = named(&nid, "&nid");
  // In a handshake they are there sooner or later.
  if (established) {
    CALL2(world, SSL_get_peer_signature_nid, ssl, where);
    world.note("nid " + std::to_string(nid));
    CALL(world, SSL_get_peer_signature_type_nid, ssl, where);
    world.note("nid " + std::to_string(nid));
    CALL(world, SSL_get_signature_type_nid, ssl, where);
    world.note("nid " + std::to_string(nid));
  }
  const unsigned char* bytes = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &bytes, &size);
  world.note("alpn 0x" + hexadecimal(bytes, size));
  CALL(world, SSL_get_psk_identity, ssl);
  CALL(world, SSL_get_psk_identity_hint, ssl);
  // While nothing is settled it comes and goes, and what SSL_clear leaves differs.
  if (established) {
    world.note("session " + std::to_string(SSL_get_session(ssl) != nullptr));
  }
}

void peer(World& world, Arguments& draw) {
  SSL* ssl = world.connection(draw);
  if (ssl == nullptr) return;
  if (SSL_is_init_finished(ssl) == 0) return;
  world.note("certificate " + std::to_string(SSL_get0_peer_certificate(ssl) != nullptr));
  // An empty list may be none.
  world.note("chain " + std::to_string(std::max(0, sk_X509_num(SSL_get_peer_cert_chain(ssl)))));
  // Where nothing was verified, 3.0 has what it verified before SSL_clear.
  if (SSL_session_reused(ssl) == 0) {
    world.note("verified " + std::to_string(sk_X509_num(SSL_get0_verified_chain(ssl))));
  }
  CALL(world, SSL_get_verify_result, ssl);
  CALL(world, SSL_get_verify_mode, ssl);
  CALL(world, SSL_get_verify_depth, ssl);
  CALL(world, SSL_get0_peername, ssl);
  world.note("authorities " +
             std::to_string(std::max(0, sk_X509_NAME_num(SSL_get_client_CA_list(ssl)))));
  world.note("peer's " + std::to_string(std::max(0, sk_X509_NAME_num(SSL_get0_peer_CA_list(ssl)))));
  // A renegotiation that resumed has none; 3.0 has those of the handshake before.
  if (SSL_session_reused(ssl) == 1 && SSL_version(ssl) == TLS1_2_VERSION) return;
  EVP_PKEY* key = nullptr;
  CALL2(world, SSL_get_peer_tmp_key, ssl, named(&key, "&key"));
  world.note("key " + std::to_string(key == nullptr ? 0 : EVP_PKEY_get_bits(key)));
  EVP_PKEY_free(key);
  key = nullptr;
  CALL2(world, SSL_get_tmp_key, ssl, named(&key, "&key"));
  world.note("key " + std::to_string(key == nullptr ? 0 : EVP_PKEY_get_bits(key)));
  EVP_PKEY_free(key);
  CALL(world, SSL_get_certificate, ssl);
  CALL(world, SSL_get_privatekey, ssl);
}

void lists(World& world, Arguments& draw) {
  SSL* ssl = world.connection(draw);
  // After SSL_clear 3.0 goes on telling what was offered before.
  if (ssl == nullptr || SSL_is_init_finished(ssl) == 0) return;
  const int which = static_cast<int>(draw.below(6)) - 1;
  CALL(world, SSL_get_cipher_list, ssl, which);
  char text[120] = {};
  const int room = static_cast<int>(draw.below(2) * 100 + 20);
  // 3.0 keeps what the client offered over SSL_clear.
  const bool before = SSL_in_before(ssl) == 1;
  if (!before) {
    CALL(world, SSL_get_shared_ciphers, ssl, named(static_cast<char*>(text), "text"), room);
  }
  int hash = -1;
  int kind = -1;
  unsigned char raw[2] = {};
  CALL(world, SSL_get_sigalgs, ssl, which, named(&kind, "&kind"), named(&hash, "&hash"), nullptr,
       named(raw + 0, "raw"), named(raw + 1, "raw"));
  world.note("kind " + std::to_string(kind) + " hash " + std::to_string(hash) + " " +
             hexadecimal(raw, 2));
  CALL(world, SSL_get_shared_sigalgs, ssl, which, named(&kind, "&kind"), named(&hash, "&hash"),
       nullptr, named(raw + 0, "raw"), named(raw + 1, "raw"));
  world.note("kind " + std::to_string(kind) + " hash " + std::to_string(hash) + " " +
             hexadecimal(raw, 2));
  if (!before) world.note("client's suites" + offered_names(SSL_get_client_ciphers(ssl)));
  world.note("suites" + names(SSL_get_ciphers(ssl)));
  STACK_OF(SSL_CIPHER)* supported = SSL_get1_supported_ciphers(ssl);
  world.note("supported" + names(supported));
  sk_SSL_CIPHER_free(supported);
  const unsigned char* bytes = nullptr;
  const long raw_size = SSL_get0_raw_cipherlist(ssl, &bytes);
  world.note(raw_size > 0 ? "raw suites" : "no raw suites");
  CALL2(world, SSL_get1_groups, ssl, named<int*>(nullptr, "NULL"));
}

void keys(World& world, Arguments& draw) {
  SSL* ssl = world.connection(draw);
  if (ssl == nullptr) return;
  if (SSL_is_init_finished(ssl) == 0) return;
  unsigned char out[80] = {};
  const auto size = draw.below(80);
  CALL(world, SSL_get_client_random, ssl, named(static_cast<unsigned char*>(out), "out"), size);
  CALL(world, SSL_get_server_random, ssl, named(static_cast<unsigned char*>(out), "out"), size);
  CALL(world, SSL_get_finished, ssl, named(static_cast<void*>(out), "out"), size);
  CALL(world, SSL_get_peer_finished, ssl, named(static_cast<void*>(out), "out"), size);
  CALL(world, SSL_export_keying_material, ssl, named(static_cast<unsigned char*>(out), "out"), size,
       "label", size_t{5}, named<const unsigned char*>(nullptr, "NULL"), size_t{0}, 0);
  CALL(world, SSL_export_keying_material_early, ssl, named(static_cast<unsigned char*>(out), "out"),
       size, "label", size_t{5}, named<const unsigned char*>(nullptr, "NULL"), size_t{0});
}

void settings(World& world, Arguments& draw) {
  SSL* ssl = world.connection(draw);
  if (ssl == nullptr) return;
  CALL(world, SSL_get_options, ssl);
  CALL1(world, SSL_get_mode, ssl);
  CALL1(world, SSL_get_min_proto_version, ssl);
  CALL1(world, SSL_get_max_proto_version, ssl);
  CALL(world, SSL_get_num_tickets, ssl);
  // It is for servers; in a client's handshake 3.0 takes it for a variable of its own.
  if (SSL_is_server(ssl) == 1) CALL(world, SSL_get_max_early_data, ssl);
  CALL(world, SSL_get_recv_max_early_data, ssl);
  CALL(world, SSL_get_quiet_shutdown, ssl);
  CALL(world, SSL_get_security_level, ssl);
  CALL(world, SSL_get_default_timeout, ssl);
  CALL1(world, SSL_get_max_cert_list, ssl);
  CALL(world, SSL_has_matching_session_id, ssl,
       named(reinterpret_cast<const unsigned char*>("id"), "\"id\""), 2u);
  if (SSL_get_rbio(ssl) != nullptr) CALL(world, SSL_get_fd, ssl);
  CALL(world, SSL_waiting_for_async, ssl);
  CALL(world, SSL_is_dtls, ssl);
}

constexpr Operation kOperations[] = {
    {"observe_context", When::kAny, 2, context},
    {"statistics", When::kAny, 3, statistics},
    {"negotiated", When::kAny, 5, negotiated},
    {"peer", When::kAny, 4, peer},
    {"lists", When::kAny, 3, lists},
    {"keys", When::kAny, 3, keys},
    {"settings", When::kAny, 3, settings},
};

}  // namespace

std::span<const Operation> observe_operations() { return kOperations; }

}  // namespace ciao::differential
