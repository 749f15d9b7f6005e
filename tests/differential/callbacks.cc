#include "callbacks.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "world.h"

namespace ciao::differential {
namespace {

World& world() { return World::current(); }

// "name(...) = answer", on a line of its own.
void told(const std::string& what, long answer) {
  world().note("> " + what + " = " + std::to_string(answer));
}

std::string who(const SSL* ssl) { return world().show(ssl); }

}  // namespace

int on_verify(int ok, X509_STORE_CTX* store) {
  const int answer = world().answers.verify == 1 ? ok : 1 - world().answers.verify;
  const auto* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  told("verify(" + std::to_string(ok) + ", " + who(ssl) + ", depth " +
           std::to_string(X509_STORE_CTX_get_error_depth(store)) + ", error " +
           std::to_string(X509_STORE_CTX_get_error(store)) + ")",
       answer);
  return answer;
}

int on_certificate_verify(X509_STORE_CTX* store, void*) {
  const int answer = world().answers.verify;
  if (answer == 0) X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REVOKED);
  told("certificate_verify()", answer);
  return answer;
}

int on_certificate(SSL* ssl, void*) {
  told("certificate(" + who(ssl) + ")", world().answers.certificate);
  const int answer = world().answers.certificate;
  // Asked again it goes on.
  if (answer < 0) world().answers.certificate = 1;
  return answer;
}

int on_client_hello(SSL* ssl, int* alert, void*) {
  const int answer = world().answers.client_hello;
  int* types = nullptr;
  size_t count = 0;
  std::string text;
  if (SSL_client_hello_get1_extensions_present(ssl, &types, &count) == 1) {
    std::sort(types, types + count);  // their order is the client's choice
    for (size_t i = 0; i < count; ++i) text += " " + std::to_string(types[i]);
    OPENSSL_free(types);
  }
  const unsigned char* bytes = nullptr;
  told("client_hello(version " + std::to_string(SSL_client_hello_get0_legacy_version(ssl)) +
           ", id " + std::to_string(SSL_client_hello_get0_session_id(ssl, &bytes)) +
           ", extensions" + text + ")",
       answer);
  if (answer == SSL_CLIENT_HELLO_RETRY) world().answers.client_hello = 1;
  if (answer == 0) *alert = SSL_AD_ACCESS_DENIED;
  return answer;
}

int on_server_name(SSL* ssl, int* alert, void*) {
  const int answer = world().answers.server_name;
  told("server_name(" + who(ssl) + ", " +
           quoted(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)) + ", alert " +
           std::to_string(*alert) + ")",
       answer);
  // The others are contexts of servers.
  const bool switches = world().answers.switch_context && SSL_is_server(ssl) == 1;
  if (switches) SSL_set_SSL_CTX(ssl, world().context[kOther]);
  return answer;
}

int on_alpn(SSL* ssl, const unsigned char** out, unsigned char* size, const unsigned char* offered,
            unsigned offered_size, void*) {
  const int answer = world().answers.alpn;
  told("alpn(" + who(ssl) + ", 0x" + hexadecimal(offered, offered_size) + ")", answer);
  if (answer == SSL_TLSEXT_ERR_OK) {
    *out = offered + 1;
    *size = offered[0];
  }
  return answer;
}

int on_new_session(SSL* ssl, SSL_SESSION* session) {
  World& here = world();
  told("new_session(" + who(ssl) + ", version " +
           std::to_string(SSL_SESSION_get_protocol_version(session)) + ", ticket " +
           std::to_string(SSL_SESSION_has_ticket(session)) + ", resumable " +
           std::to_string(SSL_SESSION_is_resumable(session)) + ")",
       here.answers.keep_session);
  if (here.answers.keep_session != 0) {
    SSL_SESSION_free(here.session[0]);
    here.session[0] = session;
  }
  return here.answers.keep_session;
}

SSL_SESSION* on_get_session(SSL* ssl, const unsigned char*, int size, int* copy) {
  told("get_session(" + who(ssl) + ", " + std::to_string(size) + " bytes, copy " +
           std::to_string(*copy) + ")",
       0);
  return nullptr;
}

void on_remove_session(SSL_CTX* ctx, SSL_SESSION* session) {
  told("remove_session(" + world().show(ctx) + ", version " +
           std::to_string(SSL_SESSION_get_protocol_version(session)) + ")",
       0);
}

int on_ticket_key(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                  EVP_MAC_CTX* mac, int encrypt) {
  const int answer = world().answers.ticket_key;
  told("ticket_key(" + who(ssl) + ", encrypt " + std::to_string(encrypt) + ")", answer);
  if (answer <= 0) return answer;
  unsigned char key[32] = {1};
  char digest[] = "SHA256";
  OSSL_PARAM parameters[] = {OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key, sizeof key),
                             OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                             OSSL_PARAM_construct_end()};
  if (encrypt == 1) {
    std::memset(name, 'k', 16);
    std::memset(iv, 'v', 16);
  }
  EVP_MAC_CTX_set_params(mac, parameters);
  EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key, iv, encrypt);
  return answer;
}

int on_make_ticket(SSL* ssl, void*) {
  const int answer = SSL_SESSION_set1_ticket_appdata(SSL_get_session(ssl), "application", 11);
  told("make_ticket(" + who(ssl) + ")", answer);
  return answer;
}

SSL_TICKET_RETURN on_open_ticket(SSL* ssl, SSL_SESSION* session, const unsigned char*, size_t size,
                                 SSL_TICKET_STATUS status, void*) {
  const int answer = world().answers.decrypt_ticket;
  void* data = nullptr;
  size_t data_size = 0;
  if (session != nullptr) SSL_SESSION_get0_ticket_appdata(session, &data, &data_size);
  told("open_ticket(" + who(ssl) + ", name " + std::to_string(size) + ", status " +
           std::to_string(status) + ", data " + std::to_string(data_size) + ")",
       answer);
  return answer;
}

int on_early_data(SSL* ssl, void*) {
  told("early_data(" + who(ssl) + ")", world().answers.early_data);
  return world().answers.early_data;
}

int on_status(SSL* ssl, void*) {
  const int answer = world().answers.status;
  const unsigned char* response = nullptr;
  told("status(" + who(ssl) + ", " +
           std::to_string(SSL_get_tlsext_status_ocsp_resp(ssl, &response)) + " bytes)",
       answer);
  if (SSL_is_server(ssl) == 1 && answer == SSL_TLSEXT_ERR_OK) {
    auto* made = static_cast<unsigned char*>(OPENSSL_malloc(4));
    std::memcpy(made, "ocsp", 4);
    SSL_set_tlsext_status_ocsp_resp(ssl, made, 4);
  }
  return answer;
}

int on_not_resumable(SSL* ssl, int forward_secure) {
  told("not_resumable(" + who(ssl) + ", " + std::to_string(forward_secure) + ")", 0);
  return 0;
}

int on_generate_id(SSL* ssl, unsigned char* id, unsigned* size) {
  static unsigned counter = 0;
  told("generate_id(" + who(ssl) + ", " + std::to_string(*size) + ")", 1);
  std::memset(id, 0, *size);
  counter += 1;
  std::memcpy(id, &counter, std::min<size_t>(*size, sizeof counter));
  return 1;
}

size_t on_padding(SSL* ssl, int type, size_t size, void*) {
  // Into how many records handshake messages go is the library's own choice.
  if (type == SSL3_RT_APPLICATION_DATA) {
    told("padding(" + who(ssl) + ", " + std::to_string(size) + ")", 16);
  }
  return 16;
}

int on_security(const SSL* ssl, const SSL_CTX*, int operation, int bits, int, void*, void*) {
  // Which things are looked at, and how often, is the library's own business.
  (void)ssl;
  (void)operation;
  return bits >= 80 || bits == 0;
}

int on_add_extension(SSL* ssl, unsigned type, unsigned context, const unsigned char** out,
                     size_t* size, X509*, size_t index, int* alert, void*) {
  const int answer = world().answers.custom;
  told("add_extension(" + who(ssl) + ", " + std::to_string(type) + ", context " +
           std::to_string(context) + ", index " + std::to_string(index) + ")",
       answer);
  *out = reinterpret_cast<const unsigned char*>("data");
  *size = 4;
  if (answer < 0) *alert = SSL_AD_ACCESS_DENIED;
  return answer;
}

void on_free_extension(SSL* ssl, unsigned type, unsigned context, const unsigned char*, void*) {
  told("free_extension(" + who(ssl) + ", " + std::to_string(type) + ", context " +
           std::to_string(context) + ")",
       0);
}

int on_parse_extension(SSL* ssl, unsigned type, unsigned context, const unsigned char* in,
                       size_t size, X509*, size_t index, int*, void*) {
  told("parse_extension(" + who(ssl) + ", " + std::to_string(type) + ", context " +
           std::to_string(context) + ", 0x" + hexadecimal(in, size) + ", index " +
           std::to_string(index) + ")",
       1);
  return 1;
}

unsigned on_psk_client(SSL* ssl, const char* hint, char* identity, unsigned identity_size,
                       unsigned char* key, unsigned key_size) {
  const unsigned answer = world().answers.psk ? 16 : 0;
  told("psk_client(" + who(ssl) + ", " + quoted(hint) + ", " + std::to_string(identity_size) +
           ", " + std::to_string(key_size) + ")",
       answer);
  std::strcpy(identity, "me");
  std::memset(key, 'k', 16);
  return answer;
}

unsigned on_psk_server(SSL* ssl, const char* identity, unsigned char* key, unsigned key_size) {
  const unsigned answer = world().answers.psk ? 16 : 0;
  // A ticket is shown as an identity, too, up to its first zero.
  const std::string name = std::strcmp(identity, "me") == 0 ? identity : "another";
  told("psk_server(" + who(ssl) + ", " + name + ", " + std::to_string(key_size) + ")", answer);
  std::memset(key, 'k', 16);
  return answer;
}

void on_info(const SSL* ssl, int where, int value) {
  told("info(" + who(ssl) + ", " + std::to_string(where) + ", " + SSL_state_string(ssl) + ")",
       value);
}

// Headers of records and inner content types are left out: into how many records a handshake's
// messages go is the library's own choice.
void on_message(int sent, int version, int content_type, const void* bytes, size_t size, SSL* ssl,
                void*) {
  if (content_type > 255) return;
  const int first = size > 0 ? *static_cast<const unsigned char*>(bytes) : -1;
  told("message(" + who(ssl) + (sent == 1 ? ", sent, " : ", read, ") + std::to_string(version) +
           ", " + std::to_string(content_type) + ")",
       first);
}

void on_key_log(const SSL* ssl, const char* text) {
  const std::string line = text;
  told("key_log(" + who(ssl) + ", " + line.substr(0, line.find(' ')) + ")", 0);
}

int on_client_certificate(SSL* ssl, X509** certificate, EVP_PKEY** key) {
  const int answer = world().answers.certificate;
  told("client_certificate(" + who(ssl) + ")", answer);
  if (answer < 0) world().answers.certificate = 1;
  if (answer == 1) {
    const Identity& identity = world().identities.of("ec");
    X509_up_ref(identity.certificate);
    EVP_PKEY_up_ref(identity.key);
    *certificate = identity.certificate;
    *key = identity.key;
  }
  return answer;
}

}  // namespace ciao::differential
