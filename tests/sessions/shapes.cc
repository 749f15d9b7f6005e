#include "shapes.h"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace sessions {
namespace {

constexpr char kHint[] = "a hint";
constexpr char kIdentity[] = "an identity";
constexpr unsigned char kPsk[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
constexpr unsigned char kProtocols[] = {4, 'n', 'o', 'n', 'e', 4, 'c', 'i', 'a', 'o'};
constexpr char kNote[] = "a note";

void nothing(SSL_CTX*, const std::string&) {}

int accept_anyone(int, X509_STORE_CTX*) { return 1; }

void use_certificate(SSL_CTX* ctx, const std::string& base) {
  SSL_CTX_use_certificate_chain_file(ctx, (base + ".pem").c_str());
  SSL_CTX_use_PrivateKey_file(ctx, (base + ".key").c_str(), SSL_FILETYPE_PEM);
}

void show_certificate(SSL_CTX* ctx, const std::string& folder) {
  use_certificate(ctx, folder + "/ecdsa-client");
}

void demand_certificate(SSL_CTX* ctx, const std::string& folder) {
  SSL_CTX_load_verify_file(ctx, (folder + "/ca.pem").c_str());
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

// A certificate of an authority that is not trusted, and goes through all the same: the session has
// to remember what was wrong.
void demand_any_certificate(SSL_CTX* ctx, const std::string&) {
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_anyone);
}

void trust_nobody(SSL_CTX* ctx, const std::string& folder) {
  X509_STORE* empty = X509_STORE_new();
  SSL_CTX_set_cert_store(ctx, empty);
  SSL_CTX_load_verify_file(ctx, (folder + "/other-ca.pem").c_str());
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, accept_anyone);
}

void without_extended_master_secret(SSL_CTX* ctx, const std::string&) {
  SSL_CTX_set_options(ctx, SSL_OP_NO_EXTENDED_MASTER_SECRET);
}

void with_short_records(SSL_CTX* ctx, const std::string&) {
  SSL_CTX_set_tlsext_max_fragment_length(ctx, TLSEXT_max_fragment_length_1024);
}

void ask_for_protocols(SSL_CTX* ctx, const std::string&) {
  SSL_CTX_set_alpn_protos(ctx, kProtocols, sizeof kProtocols);
}

int choose_protocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char*,
                    unsigned, void*) {
  *out = kProtocols + sizeof kProtocols - 4;
  *size = 4;
  return SSL_TLSEXT_ERR_OK;
}

void choose_protocols(SSL_CTX* ctx, const std::string&) {
  SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, nullptr);
}

int acknowledge_name(SSL*, int*, void*) { return SSL_TLSEXT_ERR_OK; }

void acknowledge_names(SSL_CTX* ctx, const std::string&) {
  SSL_CTX_set_tlsext_servername_callback(ctx, acknowledge_name);
}

unsigned give_psk(unsigned char* key, unsigned size) {
  if (size < sizeof kPsk) return 0;
  std::memcpy(key, kPsk, sizeof kPsk);
  return sizeof kPsk;
}

unsigned client_psk(SSL*, const char* hint, char* identity, unsigned identity_size,
                    unsigned char* key, unsigned size) {
  if (hint == nullptr || std::strcmp(hint, kHint) != 0 || identity_size < sizeof kIdentity)
    return 0;
  std::memcpy(identity, kIdentity, sizeof kIdentity);
  return give_psk(key, size);
}

unsigned server_psk(SSL*, const char* identity, unsigned char* key, unsigned size) {
  return std::strcmp(identity, kIdentity) == 0 ? give_psk(key, size) : 0;
}

template <const char* kSuite>
void client_with_psk(SSL_CTX* ctx, const std::string&) {
  SSL_CTX_set_cipher_list(ctx, kSuite);
  SSL_CTX_set_psk_client_callback(ctx, client_psk);
}

template <const char* kSuite>
void server_with_psk(SSL_CTX* ctx, const std::string&) {
  SSL_CTX_set_cipher_list(ctx, kSuite);
  SSL_CTX_set_psk_server_callback(ctx, server_psk);
  SSL_CTX_use_psk_identity_hint(ctx, kHint);
}

template <const char* kSuite>
void with_suite(SSL_CTX* ctx, const std::string&) {
  SSL_CTX_set_cipher_list(ctx, kSuite);
}

template <const char* kSuite>
void with_rsa_key(SSL_CTX* ctx, const std::string& folder) {
  use_certificate(ctx, folder + "/rsa");
  SSL_CTX_set_cipher_list(ctx, kSuite);
}

int write_note(SSL* ssl, void*) {
  return SSL_SESSION_set1_ticket_appdata(SSL_get_session(ssl), kNote, sizeof kNote - 1);
}

SSL_TICKET_RETURN read_ticket(SSL*, SSL_SESSION*, const unsigned char*, size_t,
                              SSL_TICKET_STATUS status, void*) {
  switch (status) {
    case SSL_TICKET_SUCCESS: return SSL_TICKET_RETURN_USE;
    case SSL_TICKET_SUCCESS_RENEW: return SSL_TICKET_RETURN_USE_RENEW;
    default: return SSL_TICKET_RETURN_IGNORE_RENEW;
  }
}

void with_note(SSL_CTX* ctx, const std::string&) {
  SSL_CTX_set_session_ticket_cb(ctx, write_note, read_ticket, nullptr);
}

void client_with_all(SSL_CTX* ctx, const std::string& folder) {
  show_certificate(ctx, folder);
  ask_for_protocols(ctx, folder);
  with_short_records(ctx, folder);
}

void server_with_all(SSL_CTX* ctx, const std::string& folder) {
  demand_certificate(ctx, folder);
  choose_protocols(ctx, folder);
  acknowledge_names(ctx, folder);
}

constexpr char kPskSuite[] = "PSK-AES256-GCM-SHA384";
constexpr char kEcdhePskSuite[] = "ECDHE-PSK-CHACHA20-POLY1305";
constexpr char kRsaSuite[] = "AES128-GCM-SHA256";
constexpr char kDheSuite[] = "DHE-RSA-AES128-GCM-SHA256";
constexpr char kCbcSuite[] = "ECDHE-ECDSA-AES128-SHA256";

constexpr Shape kShapes[] = {
    {"plain", nothing, nothing},
    {"host-name", nothing, nothing, "localhost"},
    {"host-name-acknowledged", nothing, acknowledge_names, "localhost"},
    {"client-certificate", show_certificate, demand_certificate},
    {"untrusted-client", show_certificate, demand_any_certificate},
    {"untrusted-server", trust_nobody, nothing},
    {"no-extended-master-secret", without_extended_master_secret, nothing},
    {"server-without-extended-master-secret", nothing, without_extended_master_secret},
    {"max-fragment-length", with_short_records, nothing},
    {"alpn", ask_for_protocols, choose_protocols},
    {"psk", client_with_psk<kPskSuite>, server_with_psk<kPskSuite>},
    {"ecdhe-psk", client_with_psk<kEcdhePskSuite>, server_with_psk<kEcdhePskSuite>},
    {"rsa", with_suite<kRsaSuite>, with_rsa_key<kRsaSuite>},
    {"dhe", with_suite<kDheSuite>, with_rsa_key<kDheSuite>},
    {"cbc", with_suite<kCbcSuite>, with_suite<kCbcSuite>},
    {"note", nothing, with_note},
    {"all", client_with_all, server_with_all, "localhost"},
};

}  // namespace

const Shape* find_shape(const std::string& name) {
  const Shape* found =
      std::ranges::find_if(kShapes, [&](const Shape& shape) { return name == shape.name; });
  return found != std::end(kShapes) ? found : nullptr;
}

void set_client(SSL_CTX* ctx, const Shape& shape, const std::string& folder) {
  SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
  SSL_CTX_load_verify_file(ctx, (folder + "/ca.pem").c_str());
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, nullptr);
  shape.set_client(ctx, folder);
}

void set_server(SSL_CTX* ctx, const Shape& shape, const std::string& folder) {
  SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
  use_certificate(ctx, folder + "/ecdsa");
  SSL_CTX_set_dh_auto(ctx, 1);
  const unsigned char id_context[] = {'c', 't', 'x'};
  SSL_CTX_set_session_id_context(ctx, id_context, sizeof id_context);
  shape.set_server(ctx, folder);
}

}  // namespace sessions
